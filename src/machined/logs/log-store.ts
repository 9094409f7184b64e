import type { LogRing, LogStore } from "../machine.ts";
import { MemoryLogRing } from "./log-ring.ts";

const CAPACITY_BYTES = 1_024 * 1_024;

export interface LogStoreOptions {
  readonly capacityBytes?: number;
  /** Hears of everything that is written. */
  readonly onWrite?: (id: string, bytes: Uint8Array) => void;
}

/** The logs of all services, by service id. Ids come from our own service definitions, so their number is bounded. */
export function createLogStore({ capacityBytes = CAPACITY_BYTES, onWrite }: LogStoreOptions = {}): LogStore {
  const rings = new Map<string, LogRing>();
  return {
    open(id) {
      const ring = rings.get(id) ?? new MemoryLogRing(capacityBytes, onWrite && ((bytes) => onWrite(id, bytes)));
      rings.set(id, ring);
      return ring;
    },
    get: (id) => rings.get(id),
    ids: () => [...rings.keys()].sort(),
  };
}
