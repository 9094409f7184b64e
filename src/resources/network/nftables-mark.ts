import { uint32 } from "../fields/index.ts";

export const nftablesMarkFields = {
  mask: uint32(1).optional(),
  xor: uint32(2).optional(),
  value: uint32(3).optional(),
};
