import type { CallOptions, Channel } from "../../grpc/client/channel.ts";
import type { Decoded, Encodable } from "../../proto/message.ts";
import type { MethodName, methods } from "../../proto/methods.ts";
import { explain, hintFor, type Standing } from "./explain.ts";
import { type NodeFailure, NodesFailed, nodeFailure } from "./node-failure.ts";
import { noticed } from "./notice.ts";

type Methods = typeof methods;
type OfKind<Kind extends string> = { [N in MethodName]: Methods[N]["kind"] extends Kind ? N : never }[MethodName];
export type Unary = OfKind<"unary">;
export type Streaming = OfKind<"serverStream">;
export type Request<N extends MethodName> = Encodable<Methods[N]["request"]>;
export type Response<N extends MethodName> = Decoded<Methods[N]["response"]>;

/** The methods that answer with one message per node. */
export type FanOut = {
  [N in Unary]: Response<N> extends { readonly messages: readonly unknown[] } ? N : never;
}[Unary];
export type Message<N extends FanOut> =
  Response<N> extends { readonly messages: readonly (infer Each)[] } ? Each : never;

/** What one node said. */
export interface NodeReply<T> {
  readonly node: string;
  readonly message: T;
}

export interface ClientOptions {
  readonly channel: Channel;
  /** The table of methods; passed in because importing it costs time that `--help` does not have. */
  readonly methods: Methods;
  readonly nodes: readonly string[];
  /** Who answers when an answer does not say. */
  readonly endpoint: string;
  /** Who we are to the machine, to say what is missing. */
  readonly standing: Standing;
  /** Told when an answer takes its time. */
  notice(line: string): void;
}

/**
 * The machine API as commands call it: about all nodes at once, or about one. A node that fails does not spoil the
 * others: its failure is kept, and reported when the command is done.
 */
export class Client implements Disposable {
  readonly nodes: readonly string[];
  readonly failures: NodeFailure[] = [];
  readonly #options: ClientOptions;
  #toldOfWaiting = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.nodes = options.nodes;
  }

  /** The connection itself, for what speaks to nodes of its own choice. It is closed with the client. */
  get channel(): Channel {
    return this.#options.channel;
  }

  /** Calls a method on every node. @returns the answers of those that had one. @throws NodesFailed when none had. */
  async call<N extends FanOut>(name: N, request: Request<N>, options?: CallOptions): Promise<NodeReply<Message<N>>[]> {
    const reply = await this.#explained(name, () => this.#unary(name, request, this.#toNodes(options)));
    // FanOut lets only methods in whose response has messages.
    const { messages } = reply as unknown as { readonly messages: readonly Message<N>[] };
    const replies = messages.flatMap((message) => this.#replyOf(message));
    // Without any answer there is nothing to show but why.
    if (replies.length === 0 && this.failures.length > 0) throw new NodesFailed(this.failures);
    return replies;
  }

  /** Streams from every node, interleaved as it comes. */
  async *stream<N extends Streaming>(
    name: N,
    request: Request<N>,
    options?: CallOptions,
  ): AsyncGenerator<NodeReply<Response<N>>> {
    const { channel, methods } = this.#options;
    const method = { ...methods[name], path: name };
    try {
      for await (const message of channel.serverStream(method as never, request as never, this.#toNodes(options))) {
        yield* this.#replyOf(message as Response<N>);
      }
    } catch (thrown) {
      throw this.#explain(name, thrown);
    }
  }

  /** Sends a stream to the one node. */
  async upload<N extends OfKind<"clientStream">>(name: N, requests: AsyncIterable<Request<N>>): Promise<void> {
    const { channel, methods } = this.#options;
    const method = { ...methods[name], path: name };
    const options = toNode(this.nodes[0] ?? "");
    await this.#explained(name, () => channel.clientStream(method as never, requests as never, options));
  }

  /** Calls a method of one node, whose answer comes back as it is. */
  at<N extends Unary>(node: string, name: N, request: Request<N>, options?: CallOptions): Promise<Response<N>> {
    return this.#explained(name, () => this.#unary(name, request, toNode(node, options)));
  }

  /** Streams from one node. */
  async *streamAt<N extends Streaming>(
    node: string,
    name: N,
    request: Request<N>,
    options?: CallOptions,
  ): AsyncGenerator<Response<N>> {
    const { channel, methods } = this.#options;
    const method = { ...methods[name], path: name };
    try {
      yield* channel.serverStream(method as never, request as never, toNode(node, options)) as AsyncIterable<
        Response<N>
      >;
    } catch (thrown) {
      throw this.#explain(name, thrown);
    }
  }

  /** Does the same about each node in turn; a failure is kept, and the next node has its turn. */
  async each(work: (node: string) => Promise<void>, nodes = this.nodes): Promise<void> {
    for (const node of nodes) await work(node).catch((thrown) => this.fail(node, thrown));
  }

  /** As each, all nodes at the same time: for what lasts. */
  async together(work: (node: string) => Promise<void>, nodes = this.nodes): Promise<void> {
    await Promise.all(nodes.map((node) => work(node).catch((thrown) => this.fail(node, thrown))));
  }

  fail(node: string, thrown: unknown): void {
    this.failures.push(nodeFailure(node, thrown));
  }

  [Symbol.dispose](): void {
    this.#options.channel.close();
  }

  #unary<N extends Unary>(name: N, request: Request<N>, options: CallOptions): Promise<Response<N>> {
    const { channel, methods } = this.#options;
    // TypeScript cannot follow one N through the table and the channel; the table is right by construction.
    const reply = channel.unary({ ...methods[name], path: name } as never, request as never, options);
    return noticed(reply as Promise<Response<N>>, () => this.#tellOfWaiting());
  }

  /** Once: who asks again and again tells the user by other means. */
  #tellOfWaiting(): void {
    if (this.#toldOfWaiting) return;
    this.#toldOfWaiting = true;
    const { notice, endpoint } = this.#options;
    notice(`Waiting for ${this.nodes.length > 0 ? this.nodes.join(", ") : endpoint} to answer`);
  }

  /** The message with its node; none for a failure, which is kept. */
  #replyOf<T>(message: T): NodeReply<T>[] {
    const metadata = metadataOf(message);
    const node = metadata?.hostname || this.#options.endpoint;
    if (metadata?.error) {
      const hint = hintFor(metadata.error, this.#options.standing.insecure);
      this.failures.push({ node, message: metadata.error.replace(statusPrefix, ""), hint });
      return [];
    }
    return [{ node, message }];
  }

  #toNodes(options: CallOptions = {}): CallOptions {
    if (this.nodes.length === 0) return options;
    return { ...options, metadata: { ...options.metadata, nodes: this.nodes } };
  }

  async #explained<T>(name: MethodName, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw this.#explain(name, thrown);
    }
  }

  #explain(name: MethodName, thrown: unknown): unknown {
    const { methods, standing } = this.#options;
    return explain(thrown, name, methods[name].roles, standing);
  }
}

/** How a status reads where Go turned it into a text. */
const statusPrefix = /^rpc error: code = \w+ desc = /;

const toNode = (node: string, options: CallOptions = {}): CallOptions =>
  node === "" ? options : { ...options, metadata: { ...options.metadata, node } };

/** `common.Metadata`, which most messages begin with. */
function metadataOf(message: unknown): { readonly hostname: string; readonly error: string } | undefined {
  if (typeof message !== "object" || message === null || !("metadata" in message)) return undefined;
  return (message.metadata ?? undefined) as { readonly hostname: string; readonly error: string } | undefined;
}
