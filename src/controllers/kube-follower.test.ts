import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { defineController } from "../cosi/controller.ts";
import { memoryState } from "../cosi/memory/memory-state.ts";
import { Runtime } from "../cosi/runtime.ts";
import type { KubeObject } from "../kube/object.ts";
import { createCertificateAuthority, signCertificate } from "../pki/index.ts";
import { KubeFollower } from "./kube-follower.ts";

interface Logged {
  readonly level: string;
  readonly message: string;
}

/** A controller that follows what is at an address, and what it logs of that. */
function follow(server: string, ca = ""): AsyncDisposable & { readonly logged: readonly Logged[] } {
  const follower = new KubeFollower<KubeObject>();
  const logged: Logged[] = [];
  const runtime = new Runtime({ state: memoryState(), log: (_, level, message) => logged.push({ level, message }) });
  runtime.register(
    defineController({
      name: "test.Controller",
      inputs: [],
      outputs: [],
      wakeOn: (signal) => follower.changes(signal),
      async reconcile(context) {
        follower.see({ access: { server, ca }, path: "/api/v1/nodes" }, context);
      },
    }),
  );
  const stopping = new AbortController();
  const running = runtime.run(stopping.signal);
  return {
    logged,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}

const troubles = (logged: readonly Logged[]) => logged.filter(({ message }) => message.startsWith("Cannot list"));

test("a cluster that is still to come up is no trouble on the console", async () => {
  await using following = follow("https://127.0.0.1:1");
  const found = await eventually(
    async () => troubles(following.logged),
    (lines) => lines.length > 0,
    { intervalMs: 5 },
  );
  expect(found.map(({ level }) => level)).toEqual(["debug"]);
});

test("a server that refuses is told of once, however often it is asked", async () => {
  const authority = await createCertificateAuthority({ algorithm: "ecdsa-p256", organizations: ["kubernetes"] });
  const serving = await signCertificate(authority, {
    ...{ commonName: "server", usages: ["serverAuth"], alternativeNames: ["localhost"], validForMs: 3_600_000 },
  });
  let asked = 0;
  using server = Bun.serve({
    port: 0,
    tls: { cert: serving.certificate, key: serving.key },
    fetch: () => {
      asked += 1;
      return Response.json({ kind: "Status", code: 403, reason: "Forbidden", message: "no" }, { status: 403 });
    },
  });
  await using following = follow(`https://localhost:${server.port}`, authority.certificate);
  await eventually(
    async () => asked,
    (count) => count > 2,
    { intervalMs: 5, timeoutMs: 15_000 },
  );
  expect(troubles(following.logged)).toEqual([{ level: "warn", message: expect.stringContaining("403 Forbidden") }]);
});
