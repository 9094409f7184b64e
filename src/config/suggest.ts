const longest = 64;

/** The name most like `wrong`, if any is close enough to be what was meant. */
export function suggest(wrong: string, names: readonly string[]): string | undefined {
  // Nothing is called like that, and comparing would take its time.
  if (wrong.length > longest) return undefined;
  const lower = wrong.toLowerCase();
  const beginning = lower.length < 3 ? undefined : names.find((name) => name.toLowerCase().startsWith(lower));
  if (beginning !== undefined) return beginning;
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(lower, name.toLowerCase());
    if (best === undefined || distance < best.distance) best = { name, distance };
  }
  // A third of the letters wrong is a typo; more is another word.
  return best !== undefined && best.distance <= Math.max(1, Math.floor(wrong.length / 3)) ? best.name : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours that make `left` into `right`. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let distance = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) distance = Math.min(distance, (beforeLast[j - 2] ?? 0) + 1);
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
