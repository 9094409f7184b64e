import { connect } from "node:net";
import { createInterface } from "node:readline";
import { proberImage } from "./stage.ts";

/** Where it listens in the machine. */
const proberPort = 7_000;

/** A static pod with every right that a pod can have. */
const proberPatch = JSON.stringify({
  machine: {
    pods: [
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "prober", namespace: "kube-system" },
        spec: {
          hostPID: true,
          hostNetwork: true,
          containers: [
            {
              name: "prober",
              image: proberImage,
              imagePullPolicy: "IfNotPresent",
              securityContext: { privileged: true },
            },
          ],
        },
      },
    ],
  },
});

/** Flags of `cluster create` that run the prober, to be reached at a port of this host. */
export const proberFlags = (port: number): string[] => [
  ...["--config-patch", proberPatch, "--exposed-ports", `${port}:${proberPort}/tcp`],
];

/**
 * Has the prober do one thing and returns its answer; see prober.c.
 * @throws when there is no answer: the pod does not run (yet).
 */
export async function probe(port: number, line: string, timeoutMs = 30_000): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`the prober does not answer "${line}"`)));
  try {
    socket.write(`${line}\n`);
    for await (const answer of createInterface({ input: socket })) return answer;
    throw new Error(`the prober closed the connection at "${line}"`);
  } finally {
    socket.destroy();
  }
}
