import { Failure } from "../../../errors/failure.ts";
import type { Condition, Operand, Operator, Step } from "./path.ts";

/** `..` after `..` multiplies. */
const maximumResults = 100_000;

/** What a path finds in a value; nothing for what is missing. @throws Failure when it finds too much. */
export function select(value: unknown, steps: readonly Step[]): unknown[] {
  let found: unknown[] = [value];
  for (const step of steps) {
    found = found.flatMap((each) => follow(each, step));
    if (found.length > maximumResults) throw new Failure(`Cannot show more than ${maximumResults} results of a path`);
  }
  return found;
}

function follow(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case "keys":
      return isRecord(value) ? step.names.filter((name) => Object.hasOwn(value, name)).map((name) => value[name]) : [];
    case "indexes":
      return Array.isArray(value)
        ? step.at.filter((at) => at in value || at < 0).flatMap((at) => value.at(at) ?? [])
        : [];
    case "slice":
      return Array.isArray(value) ? value.slice(step.from, step.to).filter((_, index) => index % step.by === 0) : [];
    case "all":
      return isContainer(value) ? Object.values(value) : [];
    case "deep":
      return [value, ...(isContainer(value) ? Object.values(value).flatMap((inner) => follow(inner, step)) : [])];
    case "filter":
      return Array.isArray(value) ? value.filter((item) => holds(item, step.condition)) : [];
  }
}

function holds(item: unknown, { left, operator, right }: Condition): boolean {
  const before = operandOf(item, left);
  if (operator === undefined || right === undefined) return before !== undefined;
  const after = operandOf(item, right);
  return before !== undefined && after !== undefined && compare(before, operator, after);
}

const operandOf = (item: unknown, operand: Operand): unknown =>
  "literal" in operand ? operand.literal : select(item, operand.steps)[0];

function compare(left: unknown, operator: Operator, right: unknown): boolean {
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  const areComparable = typeof left === typeof right && (typeof left === "string" || typeof left === "number");
  if (!areComparable) return false;
  const [before, after] = [left, right] as [string, string];
  if (operator === "<") return before < after;
  if (operator === ">") return before > after;
  return operator === "<=" ? before <= after : before >= after;
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isContainer(value) && !Array.isArray(value);
