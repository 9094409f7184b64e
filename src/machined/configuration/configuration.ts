import { OneAtATime } from "../../async/one-at-a-time.ts";
import { changesBetween } from "../../config/changes/changes.ts";
import { configDiff } from "../../config/changes/config-diff.ts";
import { isImpossible, type Plan, planOf } from "../../config/changes/plan.ts";
import { type MachineConfig as ParsedConfig, parseMachineConfig, validateMachineConfig } from "../../config/index.ts";
import { applyPatches } from "../../config/patch.ts";
import { problemText } from "../../config/problem.ts";
import { rememberConfig } from "../../controllers/active-config.ts";
import type { State } from "../../cosi/state.ts";
import { messageOf } from "../../errors/message.ts";
import { MachineConfig } from "../../resources/config/machine-config.ts";
import type { ApplyReply, ApplyRequest, ConfigSource, Configuration, Log, MachineMode } from "../machine.ts";
import * as refusals from "./refusals.ts";
import { SavedConfig } from "./saved-config.ts";
import { dryRunOf, firstDryRun, logLineOf, summaryOf } from "./summary.ts";
import { Trial } from "./trial.ts";

const APPLIES_WAITING = 16;
const LONGEST_TRIAL_MS = 24 * 60 * 60 * 1_000;

/** By this clients know that the spec is a text in YAML's clothes, of several documents perhaps, and not a map. */
const annotations = { "talos.dev/yaml-spec": "1" };

/** Ids of the resource: in force, as the next boot finds it, and what little is known while there is no config. */
type Id = "v1alpha1" | "persistent" | "maintenance";

export interface ConfigurationOptions {
  readonly state: State;
  readonly log: Log;
  readonly mode: MachineMode;
  /** Begins a reboot, and returns at once. */
  readonly reboot: () => void;
  /** Where STATE is mounted; default `/system/state`. */
  readonly directory?: string;
}

interface Judged {
  readonly config: ParsedConfig;
  readonly warnings: readonly string[];
}

/** See Configuration. Dry run and apply are one path up to the point where the first thing changes. */
export class MachineConfiguration implements Configuration {
  readonly #options: ConfigurationOptions;
  readonly #saved: SavedConfig;
  readonly #turns = new OneAtATime();
  readonly #published = new Map<Id, ParsedConfig>();
  #trial: Trial | undefined;
  #inMaintenance = false;

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    this.#saved = new SavedConfig(options.directory ?? "/system/state");
  }

  get #active(): ParsedConfig | undefined {
    return this.#published.get("v1alpha1");
  }

  get inMaintenance(): boolean {
    return this.#inMaintenance;
  }

  async apply(request: ApplyRequest): Promise<ApplyReply> {
    if (this.#turns.length > APPLIES_WAITING) throw refusals.tooMany(this.#turns.length);
    return await this.#turns.run(() => this.#apply(request));
  }

  async acquired(config: ParsedConfig, source: ConfigSource): Promise<void> {
    await this.#turns.run(async () => {
      if (source === "state") await this.#publish("persistent", config);
      // A machine whose disk cannot be written still has work to do.
      else await this.#persist(config).catch((thrown) => this.#options.log("error", messageOf(thrown)));
      await this.#begin(config);
    });
  }

  async enterMaintenance(partial?: ParsedConfig): Promise<void> {
    await this.#turns.run(async () => {
      this.#inMaintenance = true;
      if (partial !== undefined) await this.#publish("maintenance", partial);
    });
  }

  async stateReady(): Promise<void> {
    await this.#turns.run(async () => {
      await this.#saved.clean();
      const text = (this.#published.get("persistent") ?? this.#active)?.text;
      if (text !== undefined && text !== (await this.#saved.read())) await this.#saved.write(text);
    });
  }

  async #apply(request: ApplyRequest): Promise<ApplyReply> {
    // Asked when it is this request's turn: those before it may have brought the first config.
    if (request.onlyFirst === true && this.#active !== undefined) throw refusals.notFirst();
    const { config, warnings } = this.#read(request.text);
    const active = this.#active;
    if (active === undefined) return { ...(await this.#applyFirst(config, request)), warnings };
    const plan = planOf(changesBetween(active, config), request.mode);
    this.#check(plan, request, () => configDiff(active, config));
    const { mode } = plan;
    if (request.dryRun) return { mode, warnings, details: dryRunOf(plan, configDiff(active, config)) };
    await this.#carryOut(plan, config, request);
    return { mode, warnings, details: summaryOf(plan, { ...request, wasAuto: request.mode === "auto" }) };
  }

  #read(text: string): Judged {
    const own = this.#judge(text);
    if (own.config.node === undefined) throw refusals.notPartOfConfig();
    const partial = this.#published.get("maintenance");
    if (partial === undefined) return own;
    // What the machine knew before anybody configured it complements what it is told.
    return this.#judge(applyPatches(partial.text, [{ text, file: own.config.file }]));
  }

  #judge(text: string): Judged {
    const config = parseMachineConfig(text);
    const warnings = validateMachineConfig(config, { mode: this.#options.mode, onMachine: true });
    return { config, warnings: warnings.map((problem) => problemText(problem, config.file)) };
  }

  #check(plan: Plan, { tryTimeoutMs }: ApplyRequest, diff: () => string): void {
    if (isImpossible(plan)) throw refusals.notAtOnce(plan, diff());
    if (plan.mode === "reboot" && this.#options.mode === "container") throw refusals.notInContainer(plan);
    if (plan.mode === "try" && !(tryTimeoutMs > 0 && tryTimeoutMs <= LONGEST_TRIAL_MS)) {
      throw refusals.notThatLong(tryTimeoutMs, LONGEST_TRIAL_MS);
    }
  }

  /** From here on things change. What can fail comes first. */
  async #carryOut(plan: Plan, config: ParsedConfig, { tryTimeoutMs }: ApplyRequest): Promise<void> {
    if (plan.mode !== "try") await this.#persist(config);
    this.#options.log("info", logLineOf(plan));
    const before = this.#trial?.before ?? this.#active;
    this.#trial?.[Symbol.dispose]();
    this.#trial = undefined;
    if (plan.mode === "try" && before !== undefined) {
      this.#trial = new Trial(before, tryTimeoutMs, (trial) => this.#endTrial(trial));
    }
    if (plan.mode === "try" || plan.mode === "noReboot") await this.#publish("v1alpha1", config);
    if (plan.mode === "reboot") this.#options.reboot();
  }

  /** On a machine that waits for its first config. */
  async #applyFirst(config: ParsedConfig, { mode, dryRun }: ApplyRequest): Promise<Omit<ApplyReply, "warnings">> {
    if (mode === "noReboot" || mode === "staged") throw refusals.notInMaintenance(mode);
    if (dryRun) return { mode, details: firstDryRun };
    await this.#persist(config);
    await this.#begin(config);
    return { mode: "noReboot", details: "Applied configuration without a reboot" };
  }

  async #begin(config: ParsedConfig): Promise<void> {
    await this.#publish("v1alpha1", config);
    this.#inMaintenance = false;
    if (this.#published.delete("maintenance")) await this.#options.state.destroy(MachineConfig, "maintenance");
  }

  #endTrial(trial: Trial): void {
    const { log } = this.#options;
    this.#turns
      .run(async () => {
        // Somebody may have been quicker.
        if (this.#trial !== trial) return;
        this.#trial = undefined;
        log("warn", "the config that was tried was not confirmed in time: the one before is in force again");
        await this.#publish("v1alpha1", trial.before);
      })
      .catch((thrown) => log("error", messageOf(thrown)));
  }

  async #persist(config: ParsedConfig): Promise<void> {
    await this.#saved.write(config.text);
    await this.#publish("persistent", config);
  }

  async #publish(id: Id, config: ParsedConfig): Promise<void> {
    if (this.#published.get(id)?.text !== config.text) {
      const spec = { bytes: new TextEncoder().encode(config.text) };
      rememberConfig(spec, config);
      await this.#options.state.modify(MachineConfig, id, () => spec, { annotations });
    }
    this.#published.set(id, config);
  }
}
