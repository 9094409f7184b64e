import { oneOf, section } from "../describe.ts";
import { volumeEncryption } from "./volume-encryption.ts";
import { provisioning } from "./volume-provisioning.ts";

/** `VolumeConfig`: one of the system's own volumes. */
export const volumeConfig = section({
  doc: "Where one of the system's own volumes lies, and how it is encrypted.",
  since: "1.8",
  effect: "live",
  fields: {
    name: oneOf(["STATE", "EPHEMERAL", "IMAGECACHE"], { doc: "Which one.", required: true, example: "EPHEMERAL" }),
    provisioning,
    encryption: { ...volumeEncryption, since: "1.11" },
  },
});
