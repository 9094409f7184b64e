import { AdjtimeStatus } from "./adjtime-status.ts";
import { TimeStatus } from "./time-status.ts";

export const timeTypes = [AdjtimeStatus, TimeStatus] as const;
