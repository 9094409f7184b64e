import { string } from "../fields/index.ts";
import { clientIdentifier } from "./config-names.ts";

export const clientIdentifierFields = {
  clientIdentifier: clientIdentifier(1),
  duidRawHex: string(2).optional(),
};
