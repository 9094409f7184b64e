import { boolean, message } from "../fields/index.ts";

const stpFields = {
  enabled: boolean(1),
};

const bridgeVlanFields = {
  filteringEnabled: boolean(1),
};

export const bridgeMasterFields = {
  stp: message(1, stpFields).optional(),
  vlan: message(2, bridgeVlanFields).optional(),
};
