import { enumeration } from "../fields/enumeration.ts";

// Stages of the machine and states of its security.

export const machineStage = enumeration({
  unknown: 0,
  booting: 1,
  installing: 2,
  maintenance: 3,
  running: 4,
  rebooting: 5,
  "shutting down": 6,
  resetting: 7,
  upgrading: 8,
});

export const selinuxState = enumeration({ disabled: 0, "enabled, permissive": 1, "enabled, enforcing": 2 });

export const fipsState = enumeration({ disabled: 0, enabled: 1, "enabled, strict": 2 });
