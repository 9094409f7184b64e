import { Failure } from "../../../errors/failure.ts";
import { readVolume, type VolumeAccess } from "../../../platform/volume-files.ts";
import { decodeConfig } from "./decode.ts";
import type { ConfigSource } from "./source.ts";

/** Label of the volume, and the value of `talos.config=` that asks for it. */
export const configVolumeLabel = "metal-iso";
const fileName = "config.yaml";

/** `config.yaml` on a CD, stick or disk with the label `metal-iso`. */
export const volumeSource = (access: VolumeAccess): ConfigSource => ({
  name: "platform",
  place: `${configVolumeLabel}:${fileName}`,
  async read() {
    const found = await readVolume(configVolumeLabel, [fileName], access);
    if (found === undefined) {
      throw new Failure(`Cannot find the machine configuration: no volume has the label "${configVolumeLabel}"`, {
        hint: `Attach an ISO 9660 or FAT volume of that label that holds ${fileName}; it is looked for until it is there`,
      });
    }
    const content = found.files.get(fileName);
    if (content !== undefined) return decodeConfig(content);
    throw new Failure(`Cannot find the machine configuration: the volume ${found.device} does not hold ${fileName}`);
  },
});
