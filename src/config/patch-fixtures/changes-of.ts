import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { applyPatches } from "../patch.ts";
import { readYaml, toPlain } from "../yaml.ts";

type Plain = Readonly<Record<string, unknown>>;

/** What a patch changes in a config, a line each; or why it is refused, after a `!`. */
export function changesOf(config: string, patch: string): string[] {
  try {
    return differences("", byName(config), byName(applyPatches(config, [{ text: patch, file: "p" }])));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return messageOf(error)
      .split("\n")
      .map((line) => `! ${line}`);
  }
}

function differences(path: string, before: unknown, after: unknown): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (after === undefined) return [`~ ${path}`];
  if (!isMap(before) || !isMap(after)) return [`= ${path}: ${JSON.stringify(after)}`];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differences(path === "" ? name : `${path}.${name}`, before[name], after[name]));
}

/** Documents under their kind and name, those of the v1alpha1 document as they are. */
function byName(text: string): Plain {
  const documents = readYaml(text).documents.map((node) => toPlain(node) as Plain);
  const named = documents.map((document) => {
    const { kind, name } = document;
    if (kind === undefined) return document;
    return { [[kind, name].filter((part) => part !== undefined).join(" ")]: document };
  });
  return Object.assign({}, ...named);
}

const isMap = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);
