import { chmod, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterDirectory } from "../directory.ts";

/** sun_path of unix(7) has 108 bytes on Linux and 104 on macOS, the final NUL included. */
const socketPathLimit = 103;

/**
 * Path of a machine's monitor socket. It lies with the cluster's files, unless their path is longer than a socket's
 * may be; then in a private directory under the temporary one, named by what it stands for so that it is found again.
 */
export async function monitorSocket(directory: ClusterDirectory, node: string): Promise<string> {
  const beside = directory.file(node, "monitor");
  if (Buffer.byteLength(beside) <= socketPathLimit) return beside;
  const digest = new Bun.CryptoHasher("sha256").update(beside).digest("hex").slice(0, 16);
  const elsewhere = join(tmpdir(), `machined-${process.getuid?.() ?? 0}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o700 });
  await chmod(elsewhere, 0o700); // fails when the directory is somebody else's
  return join(elsewhere, digest);
}
