/** Ids of META's values that mean something to the machine; `0x0c` to `0x0e` are the owner's. */
export const metaTags = {
  /** The network of a machine that no cloud tells about it, in the form of PlatformConfig. */
  network: "0x0a",
  /** What `${code}` in the URL of the config stands for. */
  downloadCode: "0x0b",
  /** Instead of the firmware's: some machines share one. */
  uuid: "0x0f",
  /** What tells the machine from its clones. */
  uniqueToken: "0x10",
} as const;
