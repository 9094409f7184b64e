import { message, string, uint32 } from "../fields/index.ts";

const idMappingFields = { containerid: uint32(1), hostid: uint32(2), size: uint32(3) };

/** A mount of a container, as the OCI runtime specification has it. */
export const extraMountFields = {
  destination: string(1),
  type: string(2),
  source: string(3),
  options: string(4).list(),
  uidmappings: message(5, idMappingFields).list(),
  gidmappings: message(6, idMappingFields).list(),
};
