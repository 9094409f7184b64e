import { maximumDepth, maximumNodes, type Position } from "./yaml-node.ts";

/** Past a bound, with its place and what it is. */
export class TooMuch extends Error {
  readonly at: Position;

  constructor(at: Position, message: string) {
    super(message);
    this.at = at;
  }
}

/** Even a map of texts has no more words than this for each value. */
const maximumWords = maximumNodes * 6;
const maximumDocuments = 1_000;
/** The library looks each alias up in the whole document. */
const maximumAliases = 1_000;

/**
 * Goes through the words of a YAML stream before anything is made of them: time and memory of what follows grow with
 * these numbers, some of them with their squares.
 * @throws TooMuch at the first word past a bound.
 */
export function checkWords(words: Iterable<string>): void {
  let [line, column, total, depth, inRow, documents, aliases] = [1, 1, 0, 0, 0, 0, 0];
  const check = (count: number, maximum: number, message: string) => {
    if (count > maximum) throw new TooMuch({ line, column }, message);
  };
  for (const word of words) {
    total += 1;
    check(total, maximumWords, "there are more values than a config can hold");
    const [sign] = word;
    if (sign === "[" || sign === "{") depth += 1;
    else if (sign === "]" || sign === "}") depth = Math.max(0, depth - 1);
    else if (sign === "&" || sign === "*") aliases += 1;
    else if (word === "---") documents += 1;
    if (/^[-?:]$/.test(word)) inRow += 1;
    else if (sign !== " ") inRow = 0;
    check(depth, maximumDepth, "it is nested too deeply");
    check(inRow, maximumDepth, "it is nested too deeply");
    check(aliases, maximumAliases, `there are more than ${maximumAliases} anchors and aliases`);
    check(documents, maximumDocuments, `there are more than ${maximumDocuments} documents`);
    // Marks between the words have no width.
    if (/^[\u0002\u0018\u001f\ufeff]$/.test(word)) continue;
    const lastBreak = word.lastIndexOf("\n");
    if (lastBreak < 0) column += word.length;
    else {
      line += word.split("\n").length - 1;
      column = word.length - lastBreak;
    }
  }
}
