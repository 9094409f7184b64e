import { defineResource } from "../define.ts";
import { int32, string, uint64 } from "../fields/index.ts";

/** A swap device in use. */
export const SwapStatus = defineResource({
  type: "SwapStatuses.block.talos.dev",
  aliases: ["swap", "swaps"],
  namespace: "runtime",
  spec: {
    device: string(1),
    type: string(7),
    size: uint64(2),
    sizeHuman: string(3),
    used: uint64(4),
    usedHuman: string(5),
    priority: int32(6),
  },
  columns: { Device: "{.device}", Size: "{.sizeHuman}", Used: "{.usedHuman}", Priority: "{.priority}" },
});

export type SwapStatus = typeof SwapStatus.Type;
