import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

const TIMEOUT_MS = 500;

/** What a person reads of two texts: the lines that differ with three around them; empty when they are equal. */
export function textDiff(before: string, after: string): string {
  if (before === after) return "";
  // Two long texts with nothing in common would hold up the whole machine.
  const options = { context: 3, timeout: TIMEOUT_MS, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch("a", "b", before, after, undefined, undefined, options);
  return patch ?? "(too different to be shown line by line)\n";
}
