import { string } from "../fields/index.ts";
import { matchOperator } from "./nftables-names.ts";

export const nftablesIfNameMatchFields = {
  interfaceName: string(3).list(),
  operator: matchOperator(2),
};
