import { string, uint32 } from "../fields/index.ts";

export const kubeprismTargetFields = {
  host: string(1),
  port: uint32(2),
};
