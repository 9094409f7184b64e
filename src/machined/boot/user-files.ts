import { chmodSync, existsSync, lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { MachineConfig as ParsedConfig } from "../../config/index.ts";
import { customizationPath } from "../../controllers/files/cri-customization.ts";
import { staticPodDirectory } from "../../controllers/kubelet-files.ts";
import type { State } from "../../cosi/state.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { bindMount } from "../../mount/helpers.ts";
import { Diagnostic } from "../../resources/runtime/diagnostic.ts";
import type { Log } from "../machine.ts";

type UserFile = ParsedConfig["machine"]["files"][number];

export interface UserFilesHost {
  readonly log: Log;
  readonly state: State;
}

/**
 * Writes the files that the configuration names, at boot, before any service runs that may read them. One that cannot
 * be written is told on the console and kept among the diagnostics: a machine that goes on without a file can be
 * asked and given a better configuration, one that waits or reboots cannot.
 */
export async function writeConfiguredFiles({ machine }: ParsedConfig, { log, state }: UserFilesHost): Promise<void> {
  const problems = await writeUserFiles(machine.files);
  for (const problem of problems) log("error", problem);
  if (problems.length === 0) return;
  const message = `${problems.length} of ${machine.files.length} files of the configuration could not be written`;
  await state.modify(Diagnostic, "user-files", () => ({ message, details: problems }));
}

const DEFAULT_MODE = 0o644;

/**
 * Writes `machine.files`. What belongs below /var is written there; any other file must exist in the image, is written
 * to the same path below /var, and shown over the original, read-only.
 * @param root where the file system begins; tests have their own
 * @returns what could not be written, and why: one wrong file must not cost the others, nor the machine its boot
 */
export async function writeUserFiles(files: readonly UserFile[], root = "/"): Promise<string[]> {
  const problems: string[] = [];
  for (const [index, file] of files.entries()) {
    // It is part of containerd's configuration, and follows the machine's without a reboot.
    if (file.path === customizationPath) continue;
    try {
      await write(file, root);
    } catch (thrown) {
      problems.push(`Cannot write machine.files[${index}] "${file.path ?? ""}": ${messageOf(thrown)}`);
    }
  }
  return problems;
}

async function write({ path: wanted, op, content, permissions }: UserFile, root: string): Promise<void> {
  const path = normalize(wanted ?? "");
  if (!path.startsWith("/") || path.endsWith("/")) throw new Failure("expected the absolute path of a file");
  if (op === undefined) throw new Failure("expected an operation: create, append or overwrite");
  const isInPlace = path.startsWith("/var/") || dirname(path) === staticPodDirectory;
  if (op === "create" && !isInPlace) throw new Failure("create operation not allowed outside of /var");
  if (op !== "create") requireFile(join(root, path));

  const target = join(root, isInPlace ? path : join("/var", path));
  refuseLinks(dirname(target), root);
  const text = op === "append" ? appended(readFileSync(join(root, path), "utf8"), content) : content;
  const mode = permissions ?? DEFAULT_MODE;
  await durableWrite(target, text, mode);
  chmodSync(target, mode); // what the umask took
  // Links of the image are its own business.
  if (!isInPlace) bindMount(target, realpathSync(join(root, path)), { readOnly: true });
}

function requireFile(path: string): void {
  if (!existsSync(path)) throw new Failure("file must exist");
  if (!statSync(path).isFile()) throw new Failure("it is not a regular file");
}

/** A file on /var still has what an earlier boot appended: it must not grow with every boot. */
const appended = (before: string, content: string): string =>
  before.endsWith(`\n${content}`) ? before : `${before}\n${content}`;

/** Pods may write to parts of /var: a link that one left there must not lead a write elsewhere. */
function refuseLinks(directory: string, root: string): void {
  for (let place = directory; place.length > root.length; place = dirname(place)) {
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw new Failure(`Cannot follow the symbolic link "${place}": it may lead anywhere`);
    }
  }
}
