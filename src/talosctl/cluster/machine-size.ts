import type { Flag } from "../flag.ts";

const mebibyte = 1024 ** 2;
const units: Readonly<Record<string, number>> = {
  "": mebibyte,
  mb: 1000 ** 2,
  mib: mebibyte,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
};

/** MiB, given as a plain number, or as `2GiB`, `1.5GB`, `512mb`. */
export const memory = ({ doc }: { readonly doc: string }): Flag<number> => ({
  ...{ kind: "text", doc, placeholder: "MiB", default: 2048, defaultText: "2048" },
  read: (texts) => readMemoryMib(texts.at(-1) ?? ""),
});

/** Whole processors; a fraction, as containers elsewhere may have, is rounded up. */
export const processors = ({ doc }: { readonly doc: string }): Flag<number> => ({
  ...{ kind: "text", doc, placeholder: "number", default: 2, defaultText: "2" },
  read: (texts) => readProcessors(texts.at(-1) ?? ""),
});

const [leastMib, mostMib] = [1024, 1024 * 1024];
const mostProcessors = 64;

/** @throws Error saying what is expected. */
export function readMemoryMib(given: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(given) ?? [];
  const bytes = units[unit.toLowerCase()];
  const mib = Math.floor((Number(number) * (bytes ?? 0)) / mebibyte);
  if (number !== "" && bytes !== undefined && mib >= leastMib && mib <= mostMib) return mib;
  throw new Error(`expected ${leastMib} to ${mostMib} MiB, such as 4096 or 4GiB`);
}

/** @throws Error saying what is expected. */
export function readProcessors(given: string): number {
  const count = /^\d+(?:\.\d+)?$/.test(given) ? Math.ceil(Number(given)) : 0;
  if (count >= 1 && count <= mostProcessors) return count;
  throw new Error(`expected 1 to ${mostProcessors}`);
}
