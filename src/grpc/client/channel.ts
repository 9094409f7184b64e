import type { Decoded, Encodable, Message } from "../../proto/message.ts";
import type { MetadataInit } from "../metadata.ts";

/** A method to call: its path without the leading slash, and its messages. */
export interface RemoteMethod<Request extends Message = Message, Response extends Message = Message> {
  readonly path: string;
  readonly request: Request;
  readonly response: Response;
}

export interface CallOptions {
  readonly metadata?: MetadataInit;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** Deadline of the whole call, told to the server too; none by default. */
  readonly timeoutMs?: number;
}

/**
 * A connection to a gRPC server, made when it is first needed and made again when it breaks. Each method rejects with
 * StatusError. Breaking out of a stream's iteration cancels the call.
 */
export interface Channel extends Disposable {
  unary<Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    request: Encodable<Q>,
    options?: CallOptions,
  ): Promise<Decoded<R>>;
  serverStream<Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    request: Encodable<Q>,
    options?: CallOptions,
  ): AsyncIterable<Decoded<R>>;
  clientStream<Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    requests: AsyncIterable<Encodable<Q>>,
    options?: CallOptions,
  ): Promise<Decoded<R>>;
  bidi<Q extends Message, R extends Message>(
    method: RemoteMethod<Q, R>,
    requests: AsyncIterable<Encodable<Q>>,
    options?: CallOptions,
  ): AsyncIterable<Decoded<R>>;
  close(): void;
}
