import { readFileSync } from "node:fs";

/** One mount of a mount namespace, a line of /proc/<pid>/mountinfo. */
export interface MountEntry {
  readonly id: number;
  readonly parentId: number;
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The directory of the file system that is mounted; "/" unless it is a bind. */
  readonly root: string;
  readonly target: string;
  /** Options of this mount: `rw`, `nosuid`, … */
  readonly options: readonly string[];
  /** Propagation: `shared:7`, `master:3`, … ; none: private. */
  readonly propagation: readonly string[];
  readonly type: string;
  readonly source: string;
  /** Options of the file system itself. */
  readonly superOptions: readonly string[];
}

/** The mounts the calling thread sees, in mount order, from the kernel. */
export function mountTable(path = "/proc/thread-self/mountinfo"): MountEntry[] {
  return parseMountInfo(readFileSync(path, "utf8"));
}

/** Reads mountinfo, proc_pid_mountinfo(5); lines of another form are left out. */
export function parseMountInfo(text: string): MountEntry[] {
  return text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): MountEntry | undefined {
  const [mount, fileSystem] = splitOnce(line, " - ");
  const [id, parentId, device, root, target, options, ...propagation] = mount.split(" ");
  const [type, source, superOptions = ""] = fileSystem?.split(" ") ?? [];
  if (type === undefined || source === undefined || options === undefined) return undefined;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device: device ?? "",
    root: unescapeOctal(root ?? ""),
    target: unescapeOctal(target ?? ""),
    options: options.split(","),
    propagation,
    type,
    source: unescapeOctal(source),
    superOptions: superOptions.split(","),
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Space, tab, newline, backslash and # are written as `\040`. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
