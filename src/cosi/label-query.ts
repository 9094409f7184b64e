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
  return compare(labels[term.key], term) !== (term.invert ?? false);
}

function compare(label: string | undefined, { op, values = [] }: LabelTerm): boolean {
  if (label === undefined) return false;
  const [value] = values;
  switch (op) {
    case "exists":
      return true;
    case "in":
      return values.includes(label);
    case "equal":
      return label === value;
    case "lt":
      return value !== undefined && label < value;
    case "lte":
      return value !== undefined && label <= value;
    case "ltNumeric":
      return compareNumbers(label, value, (left, right) => left < right);
    case "lteNumeric":
      return compareNumbers(label, value, (left, right) => left <= right);
  }
}

const numberWithUnit = /^(-?\d+(?:\.\d+)?)\s*([kmgtpe]?i?)b?$/i;
const exponents = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 } as const;

/** Sizes compare as numbers: "512MiB" is less than "1GiB". What is not a number never matches. */
function compareNumbers(
  left: string,
  right: string | undefined,
  test: (left: number, right: number) => boolean,
): boolean {
  const [a, b] = [numberOf(left), numberOf(right ?? "")];
  return a !== undefined && b !== undefined && test(a, b);
}

function numberOf(text: string): number | undefined {
  const match = numberWithUnit.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = "", unit = ""] = match;
  const prefix = unit.charAt(0).toLowerCase() as keyof typeof exponents;
  return Number(digits) * (unit.toLowerCase().endsWith("i") ? 1024 : 1000) ** exponents[prefix];
}
