import type { Completer } from "./completer.ts";

/** More would not be read by anybody. */
const maximumPaths = 1_000;

/** Files and directories of the first node, one level at a time; directories end in a slash. */
export const remotePaths: Completer = async ({ client, word }) => {
  const root = word.includes("/") ? word.slice(0, word.lastIndexOf("/") + 1) : "/";
  const found: string[] = [];
  for await (const { message } of (await client()).stream("machine.MachineService/List", { root })) {
    const { relative_name: name, is_dir: isDirectory, error } = message;
    if (error !== "" || name === "." || name.includes("/")) continue;
    found.push(`${root}${name}${isDirectory ? "/" : ""}`);
    if (found.length === maximumPaths) break;
  }
  return found;
};

/** As remotePaths, directories alone. */
export const remoteDirectories: Completer = async (source) =>
  (await remotePaths(source)).filter((path) => path.endsWith("/"));
