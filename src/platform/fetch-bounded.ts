import { Failure } from "../errors/failure.ts";

export interface Fetching {
  /** What is fetched, and from where, as problems say it. */
  readonly what: string;
  readonly place: string;
  readonly hint?: string;
  readonly maximumBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly method?: "GET" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The body of an HTTP answer; undefined when there is no such thing (404).
 * @throws Failure when it cannot be had, or is too long
 */
export async function fetchBounded(url: string, options: Fetching): Promise<Uint8Array | undefined> {
  const { what, place, hint, maximumBytes, timeoutMs, method = "GET", headers = {} } = options;
  const about = { ...(hint === undefined ? {} : { hint }) };
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const response = await fetch(url, { method, headers, signal });
    if (response.ok) return await readBounded(response, maximumBytes, `Cannot use ${place} as ${what}`);
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Failure(`Cannot fetch ${what} from ${place}: HTTP status ${response.status}`, about);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(`Cannot fetch ${what} from ${place}`, { cause, ...about });
  }
}

async function readBounded(response: Response, maximumBytes: number, problem: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maximumBytes) throw new Failure(`${problem}: it is over ${maximumBytes >> 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
