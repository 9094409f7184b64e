import { readYaml, toPlain } from "../../config/yaml.ts";
import type { cosi } from "../../proto/index.ts";
import { dateOf } from "../output/timestamp.ts";

export const machineConfigType = "MachineConfigs.config.talos.dev";

/** A resource as people read it: its metadata in the order that YAML shows it, and its spec as plain values. */
export interface ShownResource {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly namespace: string;
    readonly type: string;
    readonly id: string;
  };
  readonly spec: unknown;
}

/** Reads what the API sent. */
export function shownResource({ metadata, spec }: cosi.resource.Resource): ShownResource {
  const { namespace = "", type = "", id = "", version = "", owner = "", phase = "" } = metadata ?? {};
  const time = (value: Parameters<typeof dateOf>[0]) =>
    dateOf(value)
      .toISOString()
      .replace(/\.\d+Z$/, "Z");
  const optional = {
    ...(owner !== "" && { owner }),
    phase,
    created: time(metadata?.created),
    updated: time(metadata?.updated),
    ...present("finalizers", metadata?.finalizers),
    ...present("labels", metadata?.labels),
    ...present("annotations", metadata?.annotations),
  };
  const number = /^\d+$/.test(version) ? Number(version) : version;
  const text = spec?.yaml_spec ?? "";
  const value = parseSpec(text);
  // Before 1.10 machines sent a config not as the text that it is but as what it says, one document after the other.
  const shown = type === machineConfigType && typeof value !== "string" ? text : value;
  return { metadata: { namespace, type, id, version: number, ...optional }, spec: shown };
}

const present = (name: string, value: object | undefined) =>
  value !== undefined && Object.keys(value).length > 0 ? { [name]: value } : {};

function parseSpec(yaml: string): unknown {
  const [node] = readYaml(yaml).documents;
  return node === undefined ? {} : toPlain(node);
}
