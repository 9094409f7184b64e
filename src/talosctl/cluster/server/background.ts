import { openSync } from "node:fs";
import { watch } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "../../../errors/failure.ts";
import { messageOf } from "../../../errors/message.ts";
import { Balancer } from "../../../net/balancer/balancer.ts";
import type { Target } from "../../../net/balancer/target.ts";
import { type HostProcess, identify } from "../host-process.ts";
import { serveDhcp } from "./dhcp.ts";
import { type RegistryHandler, serve } from "./serve.ts";

/** What the server is told on its standard input: an argument list is public on a shared host. */
export interface ServerOrder {
  /** Preferred port; any free one is taken when it is in use. 0 does not care. */
  readonly port: number;
  readonly hostname: string;
  readonly token: string;
  /** Path of each machine config by the name that ends its URL. */
  readonly configs: Readonly<Record<string, string>>;
  /** Where connections to Kubernetes are taken, and the control planes that they are passed on to. */
  readonly balancer?: { readonly port: number; readonly targets: readonly Target[] };
  /** Machines ask for their addresses, and are told what a file says. */
  readonly dhcp?: { readonly mask: string; readonly reservationsFile: string };
  /** Directory of the OCI layout that the registry serves. */
  readonly imageCache: string;
  readonly logFile: string;
}

/** What it answers, in one line on its standard output. */
interface ServerAnswer {
  readonly port?: number;
  readonly error?: string;
}

const startTimeoutMs = 10_000;

/**
 * Starts the server as a background process of its own, and returns when it listens.
 * @param command how to run `talosctl cluster serve`.
 * @throws Failure with the server's reason when it does not start.
 */
export async function startServer(
  command: readonly string[],
  order: ServerOrder,
): Promise<{ readonly process: HostProcess; readonly port: number }> {
  const log = openSync(order.logFile, "a", 0o600);
  const server = Bun.spawn([...command], {
    argv0: "talosctl",
    stdin: new TextEncoder().encode(JSON.stringify(order)),
    stdout: "pipe",
    stderr: log,
    detached: true, // its own session: a closed terminal or Ctrl-C must not end it
    cwd: "/",
  });
  const timer = setTimeout(() => server.kill("SIGKILL"), startTimeoutMs);
  const { port, error } = await firstLine(server.stdout).then(parseAnswer);
  clearTimeout(timer);
  const process = await identify(server.pid);
  if (port === undefined || process === undefined) {
    throw new Failure(`Cannot start the config and image server: ${error ?? "it ended at once"}`, {
      hint: `its log is in ${order.logFile}`,
    });
  }
  server.unref();
  return { process, port };
}

/** Body of the hidden verb `cluster serve`: obeys one order, until it is stopped or the cluster's directory goes away. */
export async function runServer(registryOf: (layout: string) => RegistryHandler, signal: AbortSignal): Promise<void> {
  const answer = (line: ServerAnswer) => process.stdout.write(`${JSON.stringify(line)}\n`);
  try {
    const order = JSON.parse(await Bun.stdin.text()) as ServerOrder;
    const log = (line: string) => process.stderr.write(`${new Date().toISOString()} ${line}\n`);
    const options = {
      ...order,
      configs: new Map(Object.entries(order.configs)),
      registry: registryOf(order.imageCache),
      log,
    };
    await using _balancer =
      order.balancer === undefined ? undefined : new Balancer({ host: order.hostname, ...order.balancer });
    const { hostname: serverAddress, dhcp } = order;
    using _addresses =
      dhcp === undefined ? undefined : await serveDhcp({ ...dhcp, serverAddress, router: serverAddress, log });
    const server = startOn(order.port, (port) => serve({ ...options, port }));
    answer({ port: server.port ?? 0 });
    await untilRemoved(order.logFile, signal);
    await server.stop(true);
  } catch (error) {
    answer({ error: messageOf(error) });
    throw error;
  }
}

/** Whoever removes the cluster's directory by hand expects nothing of the cluster to stay. */
async function untilRemoved(path: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const { eventType } of watch(dirname(path), { signal })) {
      if (eventType === "rename" && !(await Bun.file(path).exists())) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function startOn<T>(preferred: number, start: (port: number) => T): T {
  try {
    return start(preferred);
  } catch (error) {
    if (preferred === 0) throw error;
    return start(0);
  }
}

function parseAnswer(line: string): ServerAnswer {
  try {
    return JSON.parse(line) as ServerAnswer;
  } catch {
    return {};
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n") || text.length > 64 * 1024) break;
  }
  return text.split("\n")[0] ?? "";
}
