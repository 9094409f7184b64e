import type { DocumentKind, DocumentValue } from "../documents/index.ts";
import { parseByteSize } from "../formats.ts";
import type { DocumentRule, RuleContext } from "./rule.ts";

type Provisioning = DocumentValue<"VolumeConfig">["provisioning"];
type Encryption = DocumentValue<"VolumeConfig">["encryption"];

const isGiven = ({ diskSelector, grow, minSize, maxSize }: Provisioning): boolean =>
  [diskSelector.match, grow, minSize, maxSize].some((value) => value !== undefined && value !== "");

/** A volume that is made: it needs a disk, and a size unless it takes the whole disk. */
function made({ diskSelector, grow, minSize = "", maxSize = "" }: Provisioning, isDisk: boolean, context: RuleContext) {
  const { error } = context;
  if ((diskSelector.match ?? "") === "") error("provisioning.diskSelector.match", "disk selector is required");
  if (isDisk) {
    if (minSize !== "" || maxSize !== "" || grow !== undefined) {
      error("provisioning", "min size, max size and grow are not supported: the volume is the whole disk");
    }
  } else if (minSize === "" && maxSize === "") error("provisioning", "min size or max size is required");
  else sizes({ minSize, maxSize }, context);
}

function sizes(
  { minSize = "", maxSize = "" }: Pick<Provisioning, "minSize" | "maxSize">,
  { error }: RuleContext,
): void {
  if (minSize === "" || maxSize === "" || maxSize.includes("%")) return;
  if ((parseByteSize(minSize) ?? 0) > (parseByteSize(maxSize) ?? 0)) {
    error("provisioning.minSize", `min size is greater than max size, ${maxSize}`);
  }
}

function encrypted(encryption: Encryption, { error }: RuleContext): void {
  const slots = new Set<number>();
  for (const [index, key] of (encryption?.keys ?? []).entries()) {
    const { slot = 0 } = key;
    const path = `encryption.keys[${index}]`;
    const hasKind = [key.static, key.nodeID, key.kms, key.tpm].some((kind) => kind !== undefined);
    if (!hasKind) error(path, "expected one of static, nodeID, kms or tpm, found none");
    if (slots.has(slot)) error(`${path}.slot`, `duplicate key slot ${slot}`);
    slots.add(slot);
  }
}

const system: DocumentRule<"VolumeConfig"> = ({ name, provisioning, encryption }, context) => {
  if (name === "STATE") {
    if (isGiven(provisioning)) context.error("provisioning", "not allowed for STATE: it is where the system is");
    for (const [index, { lockToState }] of (encryption?.keys ?? []).entries()) {
      if (lockToState) context.error(`encryption.keys[${index}].lockToState`, "STATE cannot be locked to itself");
    }
  }
  sizes(provisioning, context);
  encrypted(encryption, context);
};

const partition: DocumentRule<"RawVolumeConfig" | "SwapVolumeConfig"> = ({ provisioning, encryption }, context) => {
  made(provisioning, false, context);
  encrypted(encryption, context);
};

const user: DocumentRule<"UserVolumeConfig"> = (value, context) => {
  const { volumeType = "partition", provisioning, filesystem, encryption } = value;
  if (volumeType === "directory") {
    const given = { provisioning: isGiven(provisioning), encryption: encryption !== undefined };
    const hasFilesystem = filesystem.type !== undefined || filesystem.projectQuotaSupport !== undefined;
    for (const [name, isSet] of Object.entries({ ...given, filesystem: hasFilesystem })) {
      if (isSet) context.error(name, "not for a directory, which is part of EPHEMERAL");
    }
    return;
  }
  made(provisioning, volumeType === "disk", context);
  encrypted(encryption, context);
  if (filesystem.projectQuotaSupport && (filesystem.type ?? "xfs") !== "xfs") {
    context.error("filesystem.projectQuotaSupport", "project quota support is only available for xfs");
  }
};

/** What must hold within documents about volumes. */
export const volumeDocumentRules: { readonly [Kind in DocumentKind]?: DocumentRule<Kind> } = {
  RawVolumeConfig: partition,
  SwapVolumeConfig: partition,
  UserVolumeConfig: user,
  VolumeConfig: system,
};
