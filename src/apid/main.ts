import { messageOf } from "../errors/message.ts";
import { connect } from "../grpc/client/connect.ts";
import { apidProgram, machineSocket } from "../well-known.ts";
import { followMode } from "./follow-identity.ts";
import { FrontDoor } from "./front-door.ts";

/** The process `apid`. Needs no privileges: its port is a high one, and all it reads comes over two sockets. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
  await run({ machineSocket, stateSocket: apidProgram.stateSocket, signal: stopping.signal });
  process.exit(0); // streams that clients follow have no end of their own
}

export interface RunOptions {
  readonly machineSocket: string;
  readonly stateSocket: string;
  readonly signal: AbortSignal;
  readonly port?: number;
  readonly onListening?: (port: number) => void;
}

/** Serves from when this node has certificates until the signal aborts. */
export async function run({ machineSocket, stateSocket, signal, port, onListening }: RunOptions): Promise<void> {
  using state = connect({ target: { unix: stateSocket } });
  await using door = new FrontDoor({ machineSocket, ...(port === undefined ? {} : { port }) });
  for await (const mode of followMode(state, { signal, onRetry: console.error })) {
    try {
      const said = await door.become(mode);
      if (said === undefined) continue;
      console.log(said);
      if (door.port !== undefined) onListening?.(door.port);
    } catch (thrown) {
      // Better to go on with the old certificates, or to wait for others, than to close the only door.
      console.error(messageOf(thrown));
    }
  }
}
