import {
  ConfigFailure,
  type Mode,
  type MachineConfig as ParsedConfig,
  parseMachineConfig,
  problemText,
  validateMachineConfig,
} from "../../config/index.ts";
import { applyPatches } from "../../config/patch.ts";
import type { SavedConfig } from "./sources/saved.ts";
import type { ConfigSource, MachineFacts, SourceNeed } from "./sources/source.ts";

export interface SearchOptions {
  readonly saved: SavedConfig;
  /** Asked in this order until the config is whole. What several say is merged, the later over the earlier. */
  readonly sources: readonly ConfigSource[];
  readonly mode: Mode;
  readonly onWarning: (text: string) => void;
}

export interface Circumstances {
  readonly facts: MachineFacts;
  /** What the machine has by now of all that sources may need. */
  readonly has: ReadonlySet<SourceNeed>;
  readonly signal: AbortSignal;
}

export type Finding =
  | { readonly kind: "found"; readonly config: ParsedConfig; readonly source: "state" | ConfigSource["name"] }
  /** The next source is of no use before the machine has what it needs. */
  | { readonly kind: "waits" }
  /** Nobody has a whole config; `partial` is what there was, documents that complement one. */
  | { readonly kind: "nothing"; readonly partial: ParsedConfig | undefined }
  /** What was saved is of no use. It stays where it is, and a copy in `keptAs` survives the next config. */
  | { readonly kind: "rejected"; readonly reason: ConfigFailure; readonly keptAs: string };

/**
 * Looks for the machine's config, place by place. Each place is left behind once it has answered, so that a search
 * that failed goes on where it was.
 */
export class ConfigSearch {
  readonly #options: SearchOptions;
  #savedIsEmpty = false;
  #next = 0;
  #last: { readonly config: ParsedConfig; readonly source: ConfigSource["name"] } | undefined;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** @throws Failure when a place that should have a config cannot be asked, or what it has is bad: search again later. */
  async run(circumstances: Circumstances): Promise<Finding> {
    return (await this.#searchSaved(circumstances)) ?? (await this.#searchSources(circumstances));
  }

  async #searchSaved({ signal }: Circumstances): Promise<Finding | undefined> {
    if (this.#savedIsEmpty) return undefined;
    const { saved, mode } = this.#options;
    const text = await saved.read(signal);
    if (text === undefined) {
      this.#savedIsEmpty = true;
      return undefined;
    }
    try {
      // Where to install to no longer matters: the machine has been.
      const config = this.#judge(text, saved.place, mode === "metal" ? "cloud" : mode);
      return isWhole(config) ? { kind: "found", config, source: "state" } : { kind: "nothing", partial: config };
    } catch (thrown) {
      if (!(thrown instanceof ConfigFailure)) throw thrown;
      return { kind: "rejected", reason: thrown, keptAs: await saved.keepRejected(text) };
    }
  }

  async #searchSources({ facts, has, signal }: Circumstances): Promise<Finding> {
    const { sources } = this.#options;
    while (this.#last === undefined || !isWhole(this.#last.config)) {
      const source = sources[this.#next];
      if (source === undefined) return { kind: "nothing", partial: this.#last?.config };
      if (source.needs !== undefined && !has.has(source.needs)) return { kind: "waits" };
      const text = await source.read(facts, signal);
      if (text !== undefined) this.#last = { config: this.#merge(text, source), source: source.name };
      this.#next += 1;
    }
    return { kind: "found", ...this.#last };
  }

  #merge(text: string, { place }: ConfigSource): ParsedConfig {
    const { mode } = this.#options;
    const own = this.#judge(text, place, mode);
    const before = this.#last?.config;
    if (before === undefined) return own;
    const files = `${before.file} + ${place}`;
    return this.#judge(applyPatches(before.text, [{ text, file: place }]), files, mode);
  }

  #judge(text: string, file: string, mode: Mode): ParsedConfig {
    const config = parseMachineConfig(text, { file });
    for (const warning of validateMachineConfig(config, { mode })) this.#options.onWarning(problemText(warning, file));
    return config;
  }
}

/** Documents alone complement a config; a machine boots with the v1alpha1 one. */
const isWhole = ({ node }: ParsedConfig): boolean => node !== undefined;
