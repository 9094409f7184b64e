import type { MachineConfig } from "./machine-config.ts";
import type { Position, YamlMap, YamlNode } from "./yaml.ts";

/** The node at a path of the v1alpha1 document, such as `machine.ca.key`; undefined when it is not written. */
export const nodeAt = (config: MachineConfig, path: string): YamlNode | undefined => nodeIn(config.node, path);

/** Where a path of the v1alpha1 document is written, or the nearest place to add what is missing. */
export const placeOf = (config: MachineConfig, path: string): Position => placeIn(config.node, path);

/** True when the path is written and holds something. */
export const isSet = (config: MachineConfig, path: string): boolean => holdsSomething(nodeAt(config, path));

/** The node at a path below another one. Names of maps may hold dots themselves: the longest that fits is meant. */
export function nodeIn(node: YamlNode | undefined, path: string): YamlNode | undefined {
  const rest = path.replace(/^\./, "");
  if (rest === "" || node === undefined || node.kind === "scalar") return rest === "" ? node : undefined;
  if (node.kind === "list") {
    const [, index, below = ""] = /^\[(\d+)\](.*)$/.exec(rest) ?? [];
    return index === undefined ? undefined : nodeIn(node.items[Number(index)], below);
  }
  const fitting = node.entries.filter(({ key }) => rest.startsWith(key) && /^(?:[.[]|$)/.test(rest.slice(key.length)));
  const entry = fitting.toSorted((left, right) => right.key.length - left.key.length)[0];
  return entry && nodeIn(entry.value, rest.slice(entry.key.length));
}

/** Where a path below a document is written, or where its nearest parent is. */
export function placeIn(document: YamlMap | undefined, path: string): Position {
  for (let part = path; part !== ""; part = part.replace(/(?:\.|^|(?=\[))[^.[]*$/, "")) {
    const node = nodeIn(document, part);
    if (node !== undefined) return { line: node.line, column: node.column };
  }
  return document === undefined ? { line: 1, column: 1 } : { line: document.line, column: document.column };
}

/** False for null, the empty text, the empty list and the empty map. */
export function holdsSomething(node: YamlNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.kind === "scalar") return node.value !== null && node.source !== "";
  return node.kind === "list" ? node.items.length > 0 : node.entries.length > 0;
}
