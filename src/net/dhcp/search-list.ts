const pointerMark = 0xc0;
const domainLimit = 32;
const labelLimit = 128;

/** The domains of option 119: DNS names with pointers back into the option, RFC 3397. Ends at the first bad one. */
export function decodeSearchList(bytes: Uint8Array): string[] {
  const domains: string[] = [];
  let at = 0;
  while (at < bytes.length && domains.length < domainLimit) {
    const name = readName(bytes, at);
    if (name === undefined) break;
    if (name.text !== "") domains.push(name.text);
    at = name.end;
  }
  return domains;
}

function readName(bytes: Uint8Array, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  // The limit also stops pointers that lead in a circle.
  for (let steps = 0; steps < labelLimit; steps += 1) {
    const length = bytes[at];
    if (length === undefined) return undefined;
    if (length === 0) return { text: labels.join("."), end: end ?? at + 1 };
    if (length >= pointerMark) {
      const low = bytes[at + 1];
      if (low === undefined) return undefined;
      end ??= at + 2;
      at = (length - pointerMark) * 256 + low;
      continue;
    }
    const label = Buffer.from(bytes.subarray(at + 1, at + 1 + length)).toString("latin1");
    if (label.length < length || !/^[\w-]+$/.test(label)) return undefined;
    labels.push(label);
    at += 1 + length;
  }
  return undefined;
}
