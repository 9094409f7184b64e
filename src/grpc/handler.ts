import type { Decoded, Encodable } from "../proto/message.ts";
import type { Kind, Rpc } from "../proto/method.ts";
import type { Call } from "./call.ts";

/** The function that serves a method, by the method's kind. */
export interface HandlerFunctions<R extends Rpc> {
  readonly unary: (request: Decoded<R["request"]>, call: Call) => Promise<Encodable<R["response"]>>;
  readonly serverStream: (request: Decoded<R["request"]>, call: Call) => AsyncIterable<Encodable<R["response"]>>;
  readonly clientStream: (
    requests: AsyncIterable<Decoded<R["request"]>>,
    call: Call,
  ) => Promise<Encodable<R["response"]>>;
  readonly bidi: (
    requests: AsyncIterable<Decoded<R["request"]>>,
    call: Call,
  ) => AsyncIterable<Encodable<R["response"]>>;
}

export type HandlerFunction<R extends Rpc> = HandlerFunctions<R>[R["kind"]];

/** A method and what serves it. Its messages are of no type here: `implement` has checked that they fit. */
export interface Handler {
  /** Encoded requests in, encoded responses out: every kind of method is a case of a stream. */
  readonly serve: (requests: AsyncIterable<Uint8Array>, call: Call) => AsyncIterable<Uint8Array>;
  readonly kind: Kind;
}

/** Handlers by method, `machine.MachineService/Version`. */
export type Handlers = Readonly<Record<string, Handler>>;
