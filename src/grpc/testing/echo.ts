import { common } from "../../proto/index.ts";
import { methodOf } from "../../proto/method.ts";
import type { Handlers } from "../handler.ts";
import { implement } from "../implement.ts";
import { type Code, StatusError } from "../status.ts";

const { Data } = common;

/** A method of each kind over `common.Data`, for tests: what a method does is told by the bytes it is sent. */
export const echo = {
  unary: { ...methodOf("unary")(Data, Data, []), path: "test.Echo/Unary" },
  serverStream: { ...methodOf("serverStream")(Data, Data, []), path: "test.Echo/ServerStream" },
  clientStream: { ...methodOf("clientStream")(Data, Data, []), path: "test.Echo/ClientStream" },
  bidi: { ...methodOf("bidi")(Data, Data, []), path: "test.Echo/Bidi" },
} as const;

export const text = (value: string) => ({ bytes: Buffer.from(value) });

export const textOf = (data: common.Data): string => Buffer.from(data.bytes).toString();

/** What serves the echo methods, and what tests see of it. */
export interface EchoService {
  readonly handlers: Handlers;
  /** Messages that endless streams have produced. */
  readonly produced: () => number;
  /** Resolves when a handler that waits has begun to. */
  readonly waiting: Promise<void>;
}

/** `wait` waits for cancellation, `fail:<code>:<message>` fails, `endless:<bytes>` streams for ever, else it echoes. */
export function echoService(): EchoService {
  let produced = 0;
  const { promise: waiting, resolve: startedWaiting } = Promise.withResolvers<void>();

  const act = async (data: common.Data, signal: AbortSignal): Promise<common.Data> => {
    const [verb, code, message] = textOf(data).slice(0, 100).split(":");
    if (verb === "fail") throw new StatusError(Number(code) as Code, message ?? "");
    if (verb === "crash") throw new TypeError("not a function");
    if (verb === "wait") {
      startedWaiting();
      await aborted(signal);
    }
    return data;
  };

  const handlers: Handlers = {
    [echo.unary.path]: implement(echo.unary, async (request, call) => {
      for (const value of call.metadata.get("x-ask") ?? []) call.setTrailer("x-answer", value);
      return act(request, call.signal);
    }),
    [echo.serverStream.path]: implement(echo.serverStream, async function* (request, { signal }) {
      const [verb, size] = textOf(request).split(":");
      if (verb !== "endless") {
        for (const part of textOf(request).split(",")) yield await act(new Data(text(part)), signal);
        return;
      }
      const bytes = new Uint8Array(Number(size));
      while (!signal.aborted) {
        produced += 1;
        yield { bytes };
      }
    }),
    [echo.clientStream.path]: implement(echo.clientStream, async (requests, call) => {
      let received = 0;
      for await (const request of requests) {
        await act(request, call.signal);
        received += request.bytes.length;
      }
      return text(String(received));
    }),
    [echo.bidi.path]: implement(echo.bidi, async function* (requests, { signal }) {
      for await (const request of requests) yield await act(request, signal);
    }),
  };
  return { handlers, produced: () => produced, waiting };
}

export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
