import { readdir, readFile } from "node:fs/promises";

export interface Descendant {
  readonly pid: number;
  /** Start of its command line: the program. */
  readonly program: string;
}

/** Processes below another, as this host numbers them: a container's, seen from outside. */
export async function descendantsOf(root: number): Promise<Descendant[]> {
  const all = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(readProcess));
  const children = Map.groupBy(
    all.filter((found) => found !== undefined),
    ({ parent }) => parent,
  );
  const below = (pid: number): Descendant[] =>
    (children.get(pid) ?? []).flatMap((child) => [{ pid: child.pid, program: child.program }, ...below(child.pid)]);
  return below(root);
}

/** undefined when it has ended meanwhile. */
async function readProcess(pid: string): Promise<(Descendant & { readonly parent: number }) | undefined> {
  try {
    const [stat, line] = await Promise.all(["stat", "cmdline"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")));
    // The name in parentheses may hold anything; what follows the last one does not.
    const parent = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    return { pid: Number(pid), parent, program: line?.split("\0")[0] ?? "" };
  } catch {
    return undefined;
  }
}
