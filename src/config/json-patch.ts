import { isDeepStrictEqual } from "node:util";
import { Failure } from "../errors/failure.ts";

type Plain = Readonly<Record<string, unknown>>;

/** A patch is written by hand, and copies of copies would grow without end. */
const maximumOperations = 1_000;
const maximumValues = 200_000;

/**
 * Applies a JSON patch, RFC 6902, whole or not at all.
 * @returns a new value; the arguments stay as they are.
 * @throws Failure naming the operation, from 1, and what is wrong with it.
 */
export function applyJsonPatch(document: unknown, patch: readonly unknown[]): unknown {
  if (patch.length > maximumOperations) {
    throw new Failure(`Cannot apply JSON patch: it has more than ${maximumOperations} operations`);
  }
  return patch.reduce((value, operation, index) => {
    try {
      if (isPlain(operation)) return applyOperation(value, operation);
      throw new Failure("Cannot read it: it is not a map with op and path");
    } catch (cause) {
      throw new Failure(`Cannot apply operation ${index + 1} of the JSON patch`, { cause });
    }
  }, document);
}

function applyOperation(document: unknown, operation: Plain): unknown {
  const path = pointer(operation, "path");
  switch (operation.op) {
    case "add":
      return change(document, path, inserted(givenValue(operation)));
    case "remove":
      return change(document, path, removed);
    case "replace":
      return change(document, path, replaced(givenValue(operation)));
    case "move": {
      const from = pointer(operation, "from");
      if (from.length < path.length && isDeepStrictEqual(path.slice(0, from.length), from)) {
        throw new Failure(`Cannot move "${text(from)}": it would be inside itself`);
      }
      return change(change(document, from, removed), path, inserted(find(document, from)));
    }
    case "copy":
      return bounded(change(document, path, inserted(find(document, pointer(operation, "from")))));
    case "test":
      if (isDeepStrictEqual(find(document, path), givenValue(operation))) return document;
      throw new Failure(`Cannot go on: "${text(path)}" is not what the test expects`);
    default:
      throw new Failure("Cannot read its op: expected add, remove, replace, move, copy or test");
  }
}

/** What happens to the last step of a path, in a list or in a map. */
interface Edit {
  whole(): unknown;
  list(items: readonly unknown[], index: number): unknown[];
  map(entries: Map<string, unknown>, name: string): void;
  /** Whether the place must hold something already. */
  readonly needsValue: boolean | "in lists";
}

const inserted = (value: unknown): Edit => ({
  whole: () => value,
  list: (items, index) => items.toSpliced(index, 0, value),
  map: (entries, name) => entries.set(name, value),
  needsValue: false,
});

/** In a map it also sets what is not there yet: patches in use rely on it, against the letter of the RFC. */
const replaced = (value: unknown): Edit => ({
  ...inserted(value),
  list: (items, index) => items.with(index, value),
  needsValue: "in lists",
});

const removed: Edit = {
  whole: () => undefined,
  list: (items, index) => items.toSpliced(index, 1),
  map: (entries, name) => entries.delete(name),
  needsValue: true,
};

function change(document: unknown, path: readonly string[], edit: Edit, depth = 0): unknown {
  const name = path[depth];
  if (name === undefined) return edit.whole();
  const isLast = depth === path.length - 1;
  if (Array.isArray(document)) {
    const end = isLast && !edit.needsValue ? document.length : document.length - 1;
    const index = name === "-" && isLast && !edit.needsValue ? end : indexOf(name, end);
    if (index === undefined) throw missing(path, depth);
    return isLast ? edit.list(document, index) : document.with(index, change(document[index], path, edit, depth + 1));
  }
  if (!isPlain(document)) throw missing(path, depth);
  if ((edit.needsValue === true || !isLast) && !Object.hasOwn(document, name)) throw missing(path, depth);
  const entries = new Map(Object.entries(document));
  if (isLast) edit.map(entries, name);
  else entries.set(name, change(document[name], path, edit, depth + 1));
  return Object.fromEntries(entries);
}

function find(document: unknown, path: readonly string[]): unknown {
  return path.reduce((value, name, depth) => {
    const index = Array.isArray(value) ? indexOf(name, value.length - 1) : undefined;
    if (Array.isArray(value) && index !== undefined) return value[index];
    if (isPlain(value) && Object.hasOwn(value, name)) return value[name];
    throw missing(path, depth);
  }, document);
}

/** The steps of a JSON pointer, RFC 6901. */
function pointer(operation: Plain, field: "path" | "from"): string[] {
  const path = operation[field];
  if (path === "") return [];
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new Failure(`Cannot read its ${field}: expected a text that begins with a slash`);
  }
  return path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function givenValue(operation: Plain): unknown {
  if (Object.hasOwn(operation, "value")) return operation.value;
  throw new Failure("Cannot read its value: there is none");
}

function bounded(document: unknown): unknown {
  let left = maximumValues;
  const waiting = [document];
  while (waiting.length > 0) {
    const value = waiting.pop();
    left -= 1;
    if (left < 0) throw new Failure(`Cannot copy: the config would hold more than ${maximumValues} values`);
    if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) waiting.push(inner);
  }
  return document;
}

const indexOf = (name: string, last: number): number | undefined =>
  /^(?:0|[1-9]\d{0,8})$/.test(name) && Number(name) <= last ? Number(name) : undefined;
const missing = (path: readonly string[], depth: number): Failure =>
  new Failure(`Cannot find "${text(path.slice(0, depth + 1))}": the config does not have it`);
const text = (path: readonly string[]): string =>
  path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
const isPlain = (value: unknown): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);
