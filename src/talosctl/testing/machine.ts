import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handlers } from "../../grpc/handler.ts";
import { createGrpcServer } from "../../grpc/server/server.ts";
import type { Role } from "../../pki/index.ts";
import { createCertificateAuthority, signCertificate } from "../../pki/index.ts";
import { createContext } from "../../talosconfig/certificate.ts";
import { writeTalosconfig } from "../../talosconfig/file.ts";
import { talosctl } from "../main.ts";
import type { Terminal } from "../run.ts";

/** What a command line did. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** A real gRPC server over mutual TLS that answers as given, and talosctl beside it. */
export interface TestMachine extends AsyncDisposable {
  readonly talosconfig: string;
  readonly endpoint: string;
  /** Runs talosctl in this process, with this machine's client configuration. */
  run(...argv: readonly string[]): Promise<Outcome>;
}

export interface TestMachineOptions {
  readonly services: Handlers;
  readonly nodes?: readonly string[];
  readonly roles?: readonly Role[];
}

export async function serveTestMachine({
  services,
  nodes = ["10.0.2.15"],
  roles = ["os:admin"],
}: TestMachineOptions): Promise<TestMachine> {
  const directory = await mkdtemp(join(tmpdir(), "talosctl-"));
  const authority = await createCertificateAuthority({ algorithm: "ed25519", organizations: ["talos"] });
  const certificate = await signCertificate(authority, {
    usages: ["serverAuth"],
    alternativeNames: ["127.0.0.1"],
    validForMs: 3_600_000,
  });
  const server = createGrpcServer({ services });
  const identity = { ...certificate, authorities: [authority.certificate] };
  const { port } = await server.listenTls({ host: "127.0.0.1", port: 0, identity, clientCertificate: "required" });
  const talosconfig = join(directory, "talosconfig");
  const endpoint = `127.0.0.1:${port}`;
  const context = await createContext({ authority, roles, endpoints: [endpoint], nodes });
  await writeTalosconfig(talosconfig, { context: "test", contexts: new Map([["test", context]]) });
  return {
    talosconfig,
    endpoint,
    run: (...argv) => runTalosctl([...argv, "--talosconfig", talosconfig]),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

/**
 * Runs talosctl in this process and keeps what it writes.
 * @param instead what the terminal does otherwise.
 */
export async function runTalosctl(argv: readonly string[], instead: Partial<Terminal> = {}): Promise<Outcome> {
  const decoder = new TextDecoder();
  let out = "";
  let error = "";
  const terminal = {
    print: async (text: string | Uint8Array) => {
      out += typeof text === "string" ? text : decoder.decode(text, { stream: true });
    },
    warn: (line: string) => {
      error += `${line}\n`;
    },
    notice: () => undefined,
    ask: async () => undefined,
    ...instead,
  };
  const status = await talosctl(argv, terminal, new AbortController().signal);
  return { status, out, error };
}
