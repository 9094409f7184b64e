import { Failure } from "../errors/failure.ts";

/**
 * The whole text of an answer.
 * @throws Failure as soon as it is longer than `maximumBytes`; the rest is not read.
 */
export async function readText(response: Response, what: string, maximumBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maximumBytes) throw new Failure(`Cannot ${what}: the answer is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws Failure when it is no JSON. The text is not quoted: it may hold secrets. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`Cannot ${what}: the answer is no JSON`, { hint: "Is this address an API server's?" });
  }
}
