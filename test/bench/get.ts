import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApid } from "../../src/apid/server.ts";
import { memoryState } from "../../src/cosi/memory/memory-state.ts";
import type { State } from "../../src/cosi/state.ts";
import { createGrpcServer } from "../../src/grpc/server/server.ts";
import { createTestAuthority } from "../../src/grpc/testing/identities.ts";
import { checkByRole } from "../../src/machined/api/state/access.ts";
import { stateHandlers } from "../../src/machined/api/state/handlers.ts";
import { HostnameStatus } from "../../src/resources/network/hostname-status.ts";
import { registerTypes } from "../../src/resources/register.ts";
import { writeTalosconfig } from "../../src/talosconfig/file.ts";
import { percentile, type Report } from "./report.ts";

const changes = 200;

/** A machine's state behind apid, and a client configuration for it. */
export interface ServedState extends AsyncDisposable {
  readonly state: State;
  readonly talosconfig: string;
}

/** apid, and the part of machined that serves the state, in this process; clients are processes of their own. */
export async function serveState(): Promise<ServedState> {
  const directory = await mkdtemp(join(tmpdir(), "bench-get-"));
  const authority = await createTestAuthority();
  const state = memoryState();
  await registerTypes(state);
  const server = createGrpcServer({ services: stateHandlers({ state, check: checkByRole }) });
  const machineSocket = join(directory, "machine.sock");
  await server.listenUnix(machineSocket);
  const identity = { server: await authority.server(), client: await authority.client("os:impersonator") };
  const apid = await startApid({ identity, machineSocket, host: "127.0.0.1", port: 0 });
  const talosconfig = join(directory, "talosconfig");
  const client = await authority.client("os:admin");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const [ca = ""] = client.authorities;
  const context = {
    ...{ endpoints: [`127.0.0.1:${apid.port}`], nodes: ["127.0.0.1"], rest: {} },
    ...{ ca: base64(ca), crt: base64(client.certificate), key: base64(client.key) },
  };
  await writeTalosconfig(talosconfig, { context: "bench", contexts: new Map([["bench", context]]) });
  return {
    ...{ state, talosconfig },
    async [Symbol.asyncDispose]() {
      await apid[Symbol.asyncDispose]();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** How long it takes from a change of the state until `talosctl get -w`, a process of its own, has printed its line. */
export async function watchReport(talosctl: string): Promise<Report> {
  await using served = await serveState();
  const set = (hostname: string) =>
    served.state.modify(HostnameStatus, "hostname", () => ({ hostname, domainname: "" }));
  await set("start");
  const argv = [talosctl, "--talosconfig", served.talosconfig, "get", "hostnamestatus", "-w"];
  const child = Bun.spawn(argv, { stdout: "pipe", stderr: "inherit" });
  const printed = watchLines(child.stdout);
  try {
    await printed("start");
    const times: number[] = [];
    for (let change = 0; change < changes; change += 1) {
      const line = printed(`change-${change}-`);
      const startMs = performance.now();
      await set(`change-${change}-`);
      await line;
      times.push(performance.now() - startMs);
    }
    return {
      title: `talosctl get -w through apid, ${changes} changes one by one`,
      figures: [
        { name: "from change to printed line, p50", value: percentile(times, 0.5), unit: "ms" },
        { name: "from change to printed line, p99", value: percentile(times, 0.99), unit: "ms" },
      ],
    };
  } finally {
    child.kill();
    await child.exited;
  }
}

/** Resolves when a text has been printed. One wish at a time. */
function watchLines(stream: ReadableStream<Uint8Array>): (text: string) => Promise<void> {
  let wanted:
    | { readonly text: string; readonly resolve: () => void; readonly reject: (error: Error) => void }
    | undefined;
  let seen = "";
  const check = () => {
    const at = wanted === undefined ? -1 : seen.indexOf(wanted.text);
    if (at < 0) return;
    seen = seen.slice(at);
    wanted?.resolve();
    wanted = undefined;
  };
  void (async () => {
    for await (const chunk of stream) {
      seen += new TextDecoder().decode(chunk);
      check();
    }
    wanted?.reject(new Error("talosctl ended before it printed what it should"));
  })();
  return (text) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    wanted = { text, resolve, reject };
    check();
    return promise;
  };
}
