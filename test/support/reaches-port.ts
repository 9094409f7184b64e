/** A packet is there in less than a millisecond; what a firewall drops is never answered. */
const patienceSeconds = 1;

const attempt = `import { connect } from "node:net";
const [host, port] = process.argv.slice(-2);
const socket = connect({ host, port: Number(port), timeout: ${patienceSeconds * 1_000} });
socket.once("connect", () => process.exit(0));
socket.once("error", () => process.exit(1));
// Where the computer was busy for so long, the answer may be here all the same.
socket.once("timeout", () => setTimeout(() => process.exit(1), 50));`;

/**
 * Whether somebody accepts connections there.
 * @param namespace name of the network namespace to try it from; the host's by default
 */
export async function reachesPort(host: string, port: number, namespace?: string): Promise<boolean> {
  const within = namespace === undefined ? [] : ["nsenter", `--net=/run/netns/${namespace}`];
  const child = Bun.spawn([...within, process.execPath, "-e", attempt, "--", host, String(port)], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  return (await child.exited) === 0;
}
