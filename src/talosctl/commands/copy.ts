import { mkdir, readdir } from "node:fs/promises";
import { Failure } from "../../errors/failure.ts";
import { codeOf } from "../../errors/message.ts";
import { required } from "../argument.ts";
import { oneNode } from "../client/one-node.ts";
import { command } from "../command.ts";
import { remotePaths } from "../completion/paths.ts";

export const copy = command({
  name: "copy",
  aliases: ["cp"],
  summary: "Copy a file or directory out of a machine",
  description:
    "The machine sends an archive (tar, gzip). With - it goes to standard output as it is; otherwise it is unpacked\ninto the directory, which has to be empty or is made. Owners are not kept when it is unpacked.",
  group: "manage",
  args: {
    source: required("Path on the machine", { complete: remotePaths }),
    destination: required("Directory here, or -"),
  },
  examples: ["talosctl copy /var/log/pods ./pods", "talosctl copy /etc - > etc.tar.gz"],
  async run({ args: { source, destination }, client, print, signal }) {
    const connected = await client();
    oneNode(connected, "copy");
    if (destination !== "-") await emptyDirectory(destination);
    const archive = connected.stream("machine.MachineService/Copy", { root_path: source }, { signal });
    if (destination !== "-") return await unpack(archive, destination);
    for await (const { message } of archive) await print(message.bytes);
  },
});

async function emptyDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  if ((await readdir(path)).length > 0) {
    throw new Failure(`Cannot unpack into "${path}": it is not empty`, {
      hint: "Name another directory, or - for the archive",
    });
  }
}

/** Streams into tar: archives may be larger than memory. It refuses names that lead out of the directory. */
async function unpack(
  archive: AsyncIterable<{ readonly message: { readonly bytes: Uint8Array } }>,
  directory: string,
): Promise<void> {
  const tar = startTar(directory);
  for await (const { message } of archive) {
    tar.stdin.write(message.bytes);
    await tar.stdin.flush();
  }
  await tar.stdin.end();
  if ((await tar.exited) !== 0) {
    throw new Failure(`Cannot unpack into "${directory}": ${(await tar.stderr.text()).trim().split("\n").at(-1)}`);
  }
}

function startTar(directory: string) {
  try {
    const command = ["tar", "-x", "-z", "--no-same-owner", "-f", "-", "-C", directory];
    return Bun.spawn(command, { stdin: "pipe", stdout: "ignore", stderr: "pipe" });
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT") throw cause;
    throw new Failure(`Cannot unpack into "${directory}": there is no tar here`, {
      hint: "Use - to get the archive itself",
    });
  }
}
