import { readFile } from "node:fs/promises";
import { Failure } from "../errors/failure.ts";
import { codeOf } from "../errors/message.ts";
import { durableWrite } from "../files/durable-write.ts";
import { formatTalosconfig, parseTalosconfig } from "./format.ts";
import { emptyTalosconfig, type Talosconfig } from "./talosconfig.ts";

/**
 * Reads a client configuration.
 * @throws Failure when there is no such file, or it is not one.
 */
export async function readTalosconfig(path: string): Promise<Talosconfig> {
  const config = await readIfPresent(path);
  if (config !== undefined) return config;
  throw new Failure(`Cannot read "${path}": there is no such file`, {
    hint: 'Make one with "talosctl gen config", or name another with --talosconfig',
  });
}

/** As readTalosconfig, but a file that is not there yet reads as empty. */
export const readOrEmptyTalosconfig = async (path: string): Promise<Talosconfig> =>
  (await readIfPresent(path)) ?? emptyTalosconfig;

/** Replaces the file. It holds a private key: only its owner can read it. */
export const writeTalosconfig = (path: string, config: Talosconfig): Promise<void> =>
  durableWrite(path, formatTalosconfig(config), 0o600);

async function readIfPresent(path: string): Promise<Talosconfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new Failure(`Cannot read "${path}"`, { cause });
  }
  return parseTalosconfig(text, path);
}
