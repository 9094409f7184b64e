import { pause } from "../async/pause.ts";
import { Failure } from "../errors/failure.ts";
import { codeOf, messageOf } from "../errors/message.ts";
import type { KubeAccess } from "./access.ts";
import { readText } from "./body.ts";
import { type KubeError, KubeUnreachable, kubeErrorOf } from "./kube-error.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** How errors call it, where the method says too little: `watch`. */
  readonly verb?: "list" | "watch" | "apply";
  /** Below the server's address, such as `/api/v1/nodes`. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Server's wish when to be asked again; what it says beyond that is not believed. */
const maximumRetryAfterMs = 30_000;
/** An overloaded server is asked so many times in all. */
const maximumAttempts = 5;
const maximumErrorBytes = 1 << 20;

/**
 * Sends requests of one access. Connections are kept and shared by Bun's fetch, which tells apart who asks.
 * Nothing is kept of an answer.
 */
export class Transport {
  readonly #access: KubeAccess;
  readonly #closing = new AbortController();

  constructor(access: KubeAccess) {
    this.#access = access;
  }

  /**
   * A good answer, its body unread.
   * @param timeoutMs until the body has been read; Infinity for streams
   * @throws KubeError for a refusal, Failure when there is no answer, the signal's reason when it aborts
   */
  async send(request: KubeRequest, timeoutMs: number): Promise<Response> {
    const what = describe(request);
    const deadline = Number.isFinite(timeoutMs) ? AbortSignal.timeout(timeoutMs) : undefined;
    const signals = [this.#closing.signal, request.signal, deadline].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#fetch(request, signal).catch((thrown: unknown) => {
        request.signal?.throwIfAborted();
        if (deadline?.aborted) throw new KubeUnreachable(`Cannot ${what}: no answer within ${timeoutMs / 1_000} s`);
        throw unreachable(what, this.#access.server, thrown);
      });
      if (response.ok) return response;
      const refusal = await refusalOf(what, response);
      request.signal?.throwIfAborted();
      const { retryAfterMs } = refusal;
      // What a disruption budget holds up may take minutes: that is for whoever evicts.
      if (retryAfterMs === undefined || refusal.causes.includes("DisruptionBudget")) throw refusal;
      if (attempt === maximumAttempts) throw refusal;
      // Whole seconds, the same for everybody who was turned away: some more, not in step.
      await pause(retryAfterMs * (1 + Math.random() / 4), signal);
      if (signal.aborted) {
        request.signal?.throwIfAborted();
        throw refusal;
      }
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort(new Failure("Cannot ask the API server: the client is closed"));
  }

  #fetch({ method, path, query = {}, body, contentType = "application/json" }: KubeRequest, signal: AbortSignal) {
    const { server, ca, certificate, key, token } = this.#access;
    const url = new URL(server + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return fetch(url, {
      method,
      signal,
      redirect: "error",
      // Quiet watches are no fault; deadlines are ours.
      timeout: false,
      // A proxy of the environment is for what is elsewhere.
      ...(isLoopback(url.hostname) && { proxy: false }),
      headers: {
        accept: "application/json",
        // Kubernetes names whoever changes an object after this.
        "user-agent": "machined",
        ...(body !== undefined && { "content-type": contentType }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      tls: {
        ...(ca !== "" && { ca }),
        ...(certificate !== undefined && { cert: certificate }),
        ...(key !== undefined && { key }),
      },
    } as BunFetchRequestInit);
  }
}

const isLoopback = (hostname: string) => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);

const verbs = { GET: "get", POST: "create", PUT: "replace", PATCH: "patch", DELETE: "delete" } as const;

/** `get /api/v1/nodes`: how errors call it. */
export const describe = ({ method, path, verb }: KubeRequest): string => `${verb ?? verbs[method]} ${path}`;

async function refusalOf(what: string, response: Response): Promise<KubeError> {
  // Its code says most, if its words break off.
  const text = await readText(response, what, maximumErrorBytes).catch(() => "");
  let status: unknown = text;
  try {
    status = JSON.parse(text);
  } catch {
    // Proxies and health checks answer with plain text.
  }
  return kubeErrorOf(what, status, response.status, retryAfterOf(response));
}

function retryAfterOf({ status, headers }: Response): number | undefined {
  const seconds = headers.get("retry-after");
  if ((status !== 429 && status < 500) || seconds === null || !/^\d+$/.test(seconds)) return undefined;
  return Math.min(maximumRetryAfterMs, Number(seconds) * 1_000);
}

/** What the server's certificate, or ours, is refused with. */
const distrust = /CERT|VERIFY|SELF_SIGNED|ALTNAME|ISSUER/;

function unreachable(what: string, server: string, cause: unknown): Failure {
  const { host } = new URL(server);
  const code = codeOf(cause) ?? "";
  if (code === "ECONNREFUSED" || code === "ConnectionRefused") {
    return new KubeUnreachable(`Cannot ${what}: nobody listens at ${host}`, { hint: "Does kube-apiserver run?" });
  }
  // The runtime adds advice for its own users.
  if (code === "ECONNRESET") return new KubeUnreachable(`Cannot ${what}: ${host} has closed the connection`);
  const message = `Cannot ${what}: ${messageOf(cause)} (${host})`;
  return distrust.test(code) ? new Failure(message, { cause }) : new KubeUnreachable(message, { cause });
}
