import { boolean, string } from "../fields/index.ts";

export const extraVolumeFields = {
  name: string(1),
  hostPath: string(2),
  mountPath: string(3),
  readonly: boolean(4),
};
