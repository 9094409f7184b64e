import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Failure } from "../../errors/failure.ts";

/** Pools answer with some of many: more are no help, and each silent one takes its time. */
const mostAddresses = 4;

/** The addresses of a time server, those first that the machine reaches best. @throws Failure when it has none. */
export async function serverAddresses(server: string, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(server) !== 0) return [server];
  const { promise: gaveUp, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new Failure(`Cannot resolve ${server}: nobody answers`));
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    // A resolver that is not there can take minutes to say so.
    const found = await Promise.race([lookup(server, { all: true }), gaveUp]);
    return [...new Set(found.map(({ address }) => address))].slice(0, mostAddresses);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
