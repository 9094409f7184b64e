import { EtcFileSpec } from "./etc-file-spec.ts";
import { EtcFileStatus } from "./etc-file-status.ts";

export const filesTypes = [EtcFileSpec, EtcFileStatus] as const;
