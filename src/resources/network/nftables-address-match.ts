import { boolean, prefix } from "../fields/index.ts";

export const nftablesAddressMatchFields = {
  includeSubnets: prefix(1).list().optional(),
  excludeSubnets: prefix(2).list().optional(),
  invert: boolean(3).optional(),
};
