import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { mergeDeep } from "../merge-deep.ts";
import type { TomlTable, TomlValue } from "./toml.ts";

/** The plugin that pods are made by, as containerd 1 calls it. */
export const criPlugin = "io.containerd.grpc.v1.cri";
/** containerd 2 made two of it. */
const runtimePlugin = "io.containerd.cri.v1.runtime";
const imagesPlugin = "io.containerd.cri.v1.images";
/** Settings of images that were one level deeper before. */
const movedSettings = ["snapshotter", "discard_unpacked_layers", "disable_snapshot_annotations"];

/**
 * Lays a fragment over containerd's configuration. Fragments written for containerd 2 are understood: what they say of
 * its plugins is said to the one that there was before.
 * @throws Failure for text that is not TOML
 */
export function customize(config: TomlTable, fragment: string): TomlTable {
  let parsed: TomlTable;
  try {
    parsed = Bun.TOML.parse(fragment) as TomlTable;
  } catch (thrown) {
    throw new Failure(`Cannot read the customization of containerd: it is not TOML: ${messageOf(thrown)}`);
  }
  // The version says in which words the whole file is written, and those are ours.
  const { version: _, plugins, ...rest } = parsed;
  const translated = isTable(plugins) ? { plugins: forOnePlugin(plugins) } : {};
  return mergeDeep(config, { ...rest, ...translated }) as TomlTable;
}

function forOnePlugin({ [runtimePlugin]: runtime, [imagesPlugin]: images, ...others }: TomlTable): TomlTable {
  const parts = [
    ...(isTable(images) ? [imageSettings(images)] : []),
    ...(isTable(runtime) ? [{ [criPlugin]: runtime }] : []),
  ];
  return parts.reduce((plugins, part) => mergeDeep(plugins, part) as TomlTable, others);
}

function imageSettings({ pinned_images: pinned, ...images }: TomlTable): TomlTable {
  const entries = Object.entries(images);
  const moved = entries.filter(([name]) => movedSettings.includes(name));
  const sandbox = isTable(pinned) && typeof pinned.sandbox === "string" ? { sandbox_image: pinned.sandbox } : {};
  return {
    [criPlugin]: {
      ...Object.fromEntries(entries.filter(([name]) => !movedSettings.includes(name))),
      ...sandbox,
      ...(moved.length === 0 ? {} : { containerd: Object.fromEntries(moved) }),
    },
  };
}

const isTable = (value: TomlValue | TomlTable | undefined): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value);
