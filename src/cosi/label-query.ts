/** One condition on a resource's labels. The names are those of the wire's LabelTerm. */
export interface LabelTerm {
  readonly key: string;
  readonly op: "exists" | "equal" | "in" | "lt" | "lte" | "ltNumeric" | "lteNumeric";
  /** One value for the comparisons, any number for `in`, none for `exists`. */
  readonly values?: readonly string[];
  /** Turns the condition around. */
  readonly invert?: boolean;
}

/** Conditions that must all hold. Several queries are alternatives: one that holds is enough. */
export type LabelQuery = readonly LabelTerm[];

type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy at least one of the queries; no queries at all accept everything. */
export function matchesLabels(labels: Labels, queries: readonly LabelQuery[] | undefined): boolean {
  if (queries === undefined || queries.length === 0) return true;
  return queries.some((terms) => terms.every((term) => holds(labels, term)));
}

function holds(labels: Labels, term: LabelTerm): boolean {
  const result = evaluate(Object.hasOwn(labels, term.key) ? labels[term.key] : undefined, term);
  return result === undefined ? false : result !== (term.invert ?? false);
}

/** `undefined` where there is no answer to turn around: nothing is neither less nor "not less" than 5. */
function evaluate(label: string | undefined, { op, values = [] }: LabelTerm): boolean | undefined {
  const [value] = values;
  if (op === "exists") return label !== undefined;
  if (label === undefined) return op === "equal" || op === "in" ? false : undefined;
  if (value === undefined) return false;
  switch (op) {
    case "in":
      return values.includes(label);
    case "equal":
      return label === value;
    case "lt":
      return label < value;
    case "lte":
      return label <= value;
    case "ltNumeric":
      return compareSizes(label, value, (left, right) => left < right);
    case "lteNumeric":
      return compareSizes(label, value, (left, right) => left <= right);
  }
}

type Comparison = (left: number, right: number) => boolean;

function compareSizes(left: string, right: string, compare: Comparison): boolean | undefined {
  const [a, b] = [sizeOf(left), sizeOf(right)];
  return a === undefined || b === undefined ? undefined : compare(a, b);
}

const size = /^([+-]?\d+(?:\.\d+)?) *([kmgtpe]?i?)b?$/i;
const prefixes = ["", "k", "m", "g", "t", "p", "e"];

/** A number with an optional unit of bytes: "4", "512MiB", "1.5 GB". */
function sizeOf(text: string): number | undefined {
  const [, digits, unit = ""] = size.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const base = unit.toLowerCase().endsWith("i") ? 1024 : 1000;
  return Number(digits) * base ** prefixes.indexOf(unit.charAt(0).toLowerCase().replace("i", ""));
}
