import { pause } from "../../src/async/pause.ts";
import type { Finished } from "./machine.ts";

/** How long Kubernetes may go without answering: as long as a busy host takes to start its API server again. */
const patienceMs = 180_000;
const intervalMs = 1_000;

/** What kubectl says when nobody heard it, or when who heard it could not answer at that moment. */
const silences: readonly RegExp[] = [
  /Unable to connect to the server|The connection to the server \S+ was refused|unable to connect to server/,
  // Of these, kubectl allows a handshake 10 s and has no flag for it.
  /TLS handshake timeout|i\/o timeout|Client\.Timeout exceeded|context deadline exceeded|request timed out/,
  /connection refused|connection reset by peer|client connection lost|broken pipe|\bEOF\b|no route to host/,
  /\((?:ServiceUnavailable|ServerTimeout|Timeout|TooManyRequests)\)|currently unable to handle the request/,
  // Between two leaders of etcd, and of a server that has just begun.
  /etcdserver: |apiserver not ready|storage is \(re\)initializing/,
  // The server's own way to a kubelet, for logs and exec; a kubelet without a certificate yet has an internal error.
  /error dialing backend|unable to upgrade connection|tls: internal error/,
  // Of a namespace that has just begun: each gets its account in its own time.
  /serviceaccount "default" not found/,
  /watch closed|watch channel|unable to decode an event from the watch stream/,
];

/** Whether kubectl failed because it had no answer, rather than by an answer that nobody will change. */
export const wasUnanswered = (stderr: string): boolean =>
  // A program in a pod that fails has run, whatever it said.
  !stderr.includes("command terminated with exit code") && silences.some((pattern) => pattern.test(stderr));

/**
 * What kubectl printed, without the last line break; asked again while nobody answers. What is asked must therefore
 * mean the same twice: `apply` instead of `create`, `delete --ignore-not-found`.
 * @throws at once what Kubernetes refuses, and what lasted longer than `--timeout`; in the end, that nobody answers.
 */
export async function askKubectl(
  kubectl: (...args: string[]) => Promise<Finished>,
  args: readonly string[],
  patience = { timeoutMs: patienceMs, intervalMs },
): Promise<string> {
  let deadline: number | undefined;
  while (true) {
    const { code, stdout, stderr } = await kubectl(...args);
    if (code === 0) return stdout.trim();
    deadline ??= Date.now() + patience.timeoutMs;
    if (!wasUnanswered(stderr) || Date.now() > deadline) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    await pause(patience.intervalMs);
  }
}
