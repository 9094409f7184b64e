import { readYaml, type YamlNode } from "../../config/yaml.ts";
import type { cosi } from "../../proto/index.ts";
import { dateOf } from "../output/timestamp.ts";

/** A resource as people read it: its metadata in the order that YAML shows it, and its spec as plain values. */
export interface ShownResource {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly namespace: string;
    readonly type: string;
    readonly id: string;
  };
  readonly spec: unknown;
  /** The spec as YAML, as the machine wrote it. */
  readonly specText: string;
}

export const machineConfigType = "MachineConfigs.config.talos.dev";

/** Reads what the API sent. */
export function shownResource({ metadata, spec }: cosi.resource.Resource): ShownResource {
  const { namespace = "", type = "", id = "", version = "", owner = "", phase = "" } = metadata ?? {};
  const time = (value: Parameters<typeof dateOf>[0]) =>
    dateOf(value)
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
  const more = {
    // Who owns nothing has an empty owner, which YAML reads as null.
    owner: owner === "" ? null : owner,
    phase,
    created: time(metadata?.created),
    updated: time(metadata?.updated),
    ...present("finalizers", metadata?.finalizers),
    ...present("labels", sorted(metadata?.labels)),
    ...present("annotations", sorted(metadata?.annotations)),
  };
  const number = /^\d+$/.test(version) ? Number(version) : version;
  return { metadata: { namespace, type, id, version: number, ...more }, ...readSpec(spec?.yaml_spec ?? "", type) };
}

const present = (name: string, value: object | undefined) =>
  value !== undefined && Object.keys(value).length > 0 ? { [name]: value } : {};

const sorted = (map: Readonly<Record<string, string>> = {}) =>
  Object.fromEntries(Object.entries(map).toSorted(([left], [right]) => (left < right ? -1 : 1)));

function readSpec(yaml: string, type: string): Pick<ShownResource, "spec" | "specText"> {
  const [node] = readYaml(yaml).documents;
  const spec = node === undefined ? {} : exactly(node);
  if (type !== machineConfigType || typeof spec === "string") return { spec, specText: yaml };
  // Before 1.10 machines sent a config not as the text that it is but as what it says, one document after the other.
  return { spec: yaml, specText: `|\n${yaml.replace(/^(?=.)/gm, "    ")}` };
}

/** As plain values, but whole numbers that JavaScript would round as bigint. */
function exactly(node: YamlNode): unknown {
  if (node.kind === "list") return node.items.map(exactly);
  if (node.kind === "map") return Object.fromEntries(node.entries.map(({ key, value }) => [key, exactly(value)]));
  const isRounded = typeof node.value === "number" && Number.isInteger(node.value) && !Number.isSafeInteger(node.value);
  return isRounded && /^-?\d+$/.test(node.source) ? BigInt(node.source) : node.value;
}
