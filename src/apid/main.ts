import { Backoff } from "../async/backoff.ts";
import { pause } from "../async/pause.ts";
import { messageOf } from "../errors/message.ts";
import { connect } from "../grpc/client/connect.ts";
import { apidProgram, machineSocket } from "../well-known.ts";
import { followMode, type Mode } from "./follow-identity.ts";
import { FrontDoor } from "./front-door.ts";

/** The process `apid`. Needs no privileges: its port is a high one, and all it reads comes over two sockets. */
export async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
  await run({ machineSocket, stateSocket: apidProgram.stateSocket, signal: stopping.signal });
  process.exit(0); // streams that clients follow have no end of their own
}

/** To open the door: another program may hold its port for a moment. Certificates of no use come anew. */
const mostAttempts = 6;

export interface RunOptions {
  readonly machineSocket: string;
  readonly stateSocket: string;
  readonly signal: AbortSignal;
  readonly port?: number;
  readonly onListening?: (port: number) => void;
  /** Told what goes wrong and is tried again. */
  readonly onTrouble?: (text: string) => void;
}

/** Serves from when this node has certificates until the signal aborts. */
export async function run(options: RunOptions): Promise<void> {
  const { machineSocket, stateSocket, signal, port, onTrouble = console.error } = options;
  using state = connect({ target: { unix: stateSocket } });
  await using door = new FrontDoor({ machineSocket, ...(port === undefined ? {} : { port }) });
  for await (const mode of followMode(state, { signal, onRetry: onTrouble })) await become(door, mode, options);
}

async function become(door: FrontDoor, mode: Mode, { signal, onListening, onTrouble }: RunOptions): Promise<void> {
  const backoff = new Backoff({ initialMs: 100, maximumMs: 5_000 });
  for (let attempt = 1; attempt <= mostAttempts && !signal.aborted; attempt += 1) {
    try {
      const said = await door.become(mode);
      if (said === undefined) return;
      console.log(said);
      if (door.port !== undefined) onListening?.(door.port);
      return;
    } catch (thrown) {
      (onTrouble ?? console.error)(messageOf(thrown));
      // Better to go on with the old certificates, or to wait for others, than to close the only door.
      if (door.port !== undefined) return;
    }
    await pause(backoff.next(), signal);
  }
}
