import { hostname as current } from "node:os";
import type { machine } from "../../../proto/index.ts";

/** MachineService/Hostname. */
export const hostname = async (): Promise<machine.HostnameResponse.$Properties> => ({
  messages: [{ hostname: current() }],
});
