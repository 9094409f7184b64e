import { OneAtATime } from "../../async/one-at-a-time.ts";
import { type MachineConfig as ParsedConfig, parseMachineConfig, validateMachineConfig } from "../../config/index.ts";
import { rememberConfig } from "../../controllers/active-config.ts";
import type { State } from "../../cosi/state.ts";
import { MachineConfig } from "../../resources/config/machine-config.ts";
import type { ApplyReply, ApplyRequest, ConfigSource, Configuration, Log, MachineMode } from "../machine.ts";
import { SavedConfig } from "./saved-config.ts";

const APPLIES_WAITING = 16;

/** Ids of the resource: in force, as the next boot finds it, and what little is known while there is no config. */
type Id = "v1alpha1" | "persistent" | "maintenance";

export interface ConfigurationOptions {
  readonly state: State;
  readonly log: Log;
  readonly mode: MachineMode;
  /** Where STATE is mounted; default `/system/state`. */
  readonly directory?: string;
}

/** See Configuration. */
export class MachineConfiguration implements Configuration {
  readonly #options: ConfigurationOptions;
  readonly #saved: SavedConfig;
  readonly #turns = new OneAtATime(APPLIES_WAITING);
  /** What is on STATE, or will be when it is there. */
  #persistent: ParsedConfig | undefined;
  #inMaintenance = false;

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.#saved = new SavedConfig(options.directory ?? "/system/state");
  }

  get inMaintenance(): boolean {
    return this.#inMaintenance;
  }

  apply(request: ApplyRequest): Promise<ApplyReply> {
    return this.#turns.run(() => this.#apply(request));
  }

  async acquired(config: ParsedConfig, source: ConfigSource): Promise<void> {
    await this.#turns.run(() => this.#acquired(config, source));
  }

  async enterMaintenance(partial?: ParsedConfig): Promise<void> {
    await this.#turns.run(async () => {
      this.#inMaintenance = true;
      if (partial !== undefined) await this.#publish("maintenance", partial);
    });
  }

  async stateReady(): Promise<void> {
    await this.#turns.run(async () => {
      if (this.#persistent !== undefined) await this.#saved.write(this.#persistent.text);
    });
  }

  async #acquired(config: ParsedConfig, source: ConfigSource): Promise<void> {
    if (source === "state") await this.#persisted(config);
    else await this.#persist(config);
    await this.#publish("v1alpha1", config);
    this.#inMaintenance = false;
    if ((await this.#options.state.get(MachineConfig, "maintenance")) !== undefined)
      await this.#options.state.destroy(MachineConfig, "maintenance");
  }

  async #apply({ text, dryRun }: ApplyRequest): Promise<ApplyReply> {
    const config = parseMachineConfig(text);
    const warnings = validateMachineConfig(config, { mode: this.#options.mode }).map(({ message }) => message);
    if (dryRun) return { mode: "noReboot", details: "Dry run summary:", warnings };
    await this.#persist(config);
    await this.#publish("v1alpha1", config);
    return { mode: "noReboot", details: "Applied configuration without a reboot", warnings };
  }

  async #persist(config: ParsedConfig): Promise<void> {
    await this.#saved.write(config.text);
    await this.#persisted(config);
  }

  async #persisted(config: ParsedConfig): Promise<void> {
    this.#persistent = config;
    await this.#publish("persistent", config);
  }

  async #publish(id: Id, config: ParsedConfig): Promise<void> {
    const spec = { bytes: new TextEncoder().encode(config.text) };
    rememberConfig(spec, config);
    await this.#options.state.modify(MachineConfig, id, () => spec);
  }
}
