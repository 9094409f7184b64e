import type { Client, Request, Streaming } from "../client/client.ts";
import type { Context } from "../command.ts";
import { LinePrefixer } from "../output/line-prefixer.ts";

/** Methods that stream bytes. */
type DataMethod = "machine.MachineService/Dmesg" | "machine.MachineService/Logs";

/** Prints what the nodes stream, line by line with the node's name. */
export async function printStream<N extends DataMethod & Streaming>(
  client: Client,
  name: N,
  request: Request<N>,
  { print, signal }: Pick<Context, "print" | "signal">,
): Promise<void> {
  const prefixers = new Map<string, LinePrefixer>();
  for await (const { node, message } of client.stream(name, request, { signal })) {
    const prefixer = prefixers.getOrInsertComputed(node, (name) => new LinePrefixer(`${name}: `));
    await print(prefixer.push(message.bytes));
  }
  for (const prefixer of prefixers.values()) await print(prefixer.end());
}
