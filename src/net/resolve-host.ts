import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { Failure } from "../errors/failure.ts";
import { codeOf } from "../errors/message.ts";

/**
 * The addresses of a host, those first that the machine reaches best; an address is its own.
 * @param signal a resolver that is not there can take minutes to say so.
 * @throws Failure when there is no such name, or nobody answers before the signal aborts
 */
export async function resolveHost(host: string, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const { promise: gaveUp, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new Failure(`Cannot resolve ${host}: nobody answers`));
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    const found = await Promise.race([lookup(host, { all: true }), gaveUp]);
    return [...new Set(found.map(({ address }) => address))];
  } catch (thrown) {
    throw explained(host, thrown);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** What the system's resolver says in its own words. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such name",
  EAI_AGAIN: "no DNS server answers, or it failed",
};

function explained(host: string, thrown: unknown): unknown {
  const reason = reasons[codeOf(thrown) ?? ""];
  return reason === undefined ? thrown : new Failure(`Cannot resolve ${host}: ${reason}`);
}
