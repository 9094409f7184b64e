import { boolean, string } from "../fields/index.ts";

export const symlinkProvisioningFields = {
  symlinkTargetPath: string(1),
  force: boolean(2),
};
