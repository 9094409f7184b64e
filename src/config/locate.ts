import type { MachineConfig } from "./machine-config.ts";
import type { Position, YamlNode } from "./yaml.ts";

/** The node at a path of the v1alpha1 document, such as `machine.ca.key`; undefined when it is not written. */
export function nodeAt(config: MachineConfig, path: string): YamlNode | undefined {
  let node: YamlNode | undefined = config.node;
  for (const name of path.split(/[.[\]]+/).filter((part) => part !== "")) {
    if (node?.kind === "map") node = node.entries.find(({ key }) => key === name)?.value;
    else if (node?.kind === "list") node = node.items[Number(name)];
    else return undefined;
  }
  return node;
}

/** Where a path is written, or where its nearest parent is: the place to add what is missing. */
export function placeOf(config: MachineConfig, path: string): Position {
  for (let part = path; part !== ""; part = part.replace(/\.?[^.]*$/, "")) {
    const node = nodeAt(config, part);
    if (node !== undefined) return { line: node.line, column: node.column };
  }
  return config.node ?? { line: 1, column: 1 };
}

/** True when the path is written and holds something. */
export function isSet(config: MachineConfig, path: string): boolean {
  const node = nodeAt(config, path);
  if (node === undefined) return false;
  if (node.kind === "scalar") return node.value !== null && node.source !== "";
  return node.kind === "list" ? node.items.length > 0 : node.entries.length > 0;
}
