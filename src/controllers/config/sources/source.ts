/** The longest config that is taken from anywhere, before and after decompression. */
export const maximumConfigBytes = 4 * 1_024 * 1_024;

/** An address, or all devices that the machine has when it starts. */
export type SourceNeed = "network" | "devices";

/** Somewhere that a machine's config may come from. */
export interface ConfigSource {
  /** As the API and the log know it. */
  readonly name: "embedded" | "platform" | "inline";
  /** As problems name the text; nothing by which somebody else could fetch it. */
  readonly place: string;
  /** What it is of no use to ask without. */
  readonly needs?: SourceNeed;
  /**
   * The config's text; undefined when this source has none.
   * @throws Failure when it should have one, and it cannot be had: it is asked again later.
   */
  read(facts: MachineFacts, signal: AbortSignal): Promise<string | undefined>;
}

/** What a machine can say about itself to whoever hands out configs; what it does not know is left out. */
export interface MachineFacts {
  /** Of SMBIOS. */
  readonly uuid?: string | undefined;
  readonly serial?: string | undefined;
  /** Hardware address of the first network interface. */
  readonly mac?: string | undefined;
  readonly hostname?: string | undefined;
  /** META key 0x0b, which whoever installs the machine may write. */
  readonly code?: string | undefined;
}
