import { MachineConfig } from "./machine-config.ts";
import { MachineType } from "./machine-type.ts";

export const configTypes = [MachineConfig, MachineType] as const;
