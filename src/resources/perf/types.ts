import { CPUStat } from "./cpu-stat.ts";
import { MemoryStat } from "./memory-stat.ts";

export const perfTypes = [CPUStat, MemoryStat] as const;
