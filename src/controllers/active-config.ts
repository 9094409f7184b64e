import { type MachineConfig as ParsedConfig, parseMachineConfig } from "../config/index.ts";
import type { ControllerInput, ReconcileContext } from "../cosi/controller.ts";
import { MachineConfig } from "../resources/config/machine-config.ts";

/** The input of controllers that read the configuration in force. */
export const activeConfigInput: ControllerInput = { kind: MachineConfig, id: "v1alpha1", strength: "weak" };

/** One for each id of the resource, and the one before. */
const CONFIGS_KEPT = 4;

/**
 * Specs are immutable, so a dozen controllers can share what was read once; the bytes stand for the spec. Only the
 * latest are kept: the state's history holds on to many more bytes, and what was read of them is much larger.
 */
const parsed = new Map<Uint8Array, ParsedConfig>();

/** Saves the others from reading what was just read to check it. */
export function rememberConfig(spec: MachineConfig, config: ParsedConfig): void {
  parsed.set(spec.bytes, config);
  for (const oldest of parsed.keys()) {
    if (parsed.size <= CONFIGS_KEPT) break;
    parsed.delete(oldest);
  }
}

/** The configuration in force; undefined while there is none. Read by controllers, or from the state itself. */
export async function activeConfig(context: Pick<ReconcileContext, "get">): Promise<ParsedConfig | undefined> {
  const resource = await context.get(MachineConfig, "v1alpha1");
  if (resource === undefined || resource.metadata.phase !== "running") return undefined;
  const known = parsed.get(resource.spec.bytes);
  if (known !== undefined) return known;
  const config = parseMachineConfig(new TextDecoder().decode(resource.spec.bytes));
  rememberConfig(resource.spec, config);
  return config;
}

/** Whether the machine carries the control plane; `init` is an old word for its first machine. */
export const isControlPlane = ({ machine }: ParsedConfig): boolean =>
  machine.type === "controlplane" || machine.type === "init";
