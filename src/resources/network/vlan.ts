import { uint32 } from "../fields/index.ts";
import { vlanProtocol } from "./link-names.ts";

export const vlanFields = {
  vlanID: uint32(1),
  vlanProtocol: vlanProtocol(2),
};
