import { enumeration } from "../fields/enumeration.ts";

// Where network settings come from, and who applies them.

export const configLayer = enumeration({ default: 0, cmdline: 1, platform: 2, operator: 3, configuration: 4 });

export const networkOperator = enumeration({ dhcp4: 0, dhcp6: 1, vip: 2 });

export const clientIdentifier = enumeration({ none: 0, mac: 1, duid: 2 });
