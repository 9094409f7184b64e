import { boolean, int64, string, uint32 } from "../fields/index.ts";

export const mountFields = {
  targetPath: string(1),
  selinuxLabel: string(2),
  projectQuotaSupport: boolean(3),
  parentId: string(4).optional(),
  fileMode: uint32(5).optional(),
  uid: int64(6).optional(),
  gid: int64(7).optional(),
  recursiveRelabel: boolean(8).optional(),
  bindTarget: string(9).nullable(),
};
