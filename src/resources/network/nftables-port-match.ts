import { message, uint32 } from "../fields/index.ts";

const portRangeFields = {
  lo: uint32(1),
  hi: uint32(2),
};

export const nftablesPortMatchFields = {
  ranges: message(1, portRangeFields).list().optional(),
};
