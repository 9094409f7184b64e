import { gunzipSync } from "node:zlib";
import { Failure } from "../errors/failure.ts";
import type { Channel } from "../grpc/client/channel.ts";
import { readTar } from "../oci/tar-reader.ts";
import type { common } from "../proto/index.ts";
import { api } from "../proto/methods.ts";

/** A kubeconfig takes some kilobytes. */
const mostBytes = 1_048_576;

/**
 * The kubeconfig of an administrator, made by a control plane for this call.
 * @throws StatusError when the machine refuses; Failure when what it sends is none.
 */
export const kubeconfigFrom = (channel: Channel, signal: AbortSignal): Promise<string> =>
  readKubeconfig(channel.serverStream(api("machine.MachineService/Kubeconfig"), {}, { signal }));

/** The same, of the answers to the call. */
export async function readKubeconfig(answers: AsyncIterable<common.Data>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answers) {
    if (chunk.metadata?.error) throw new Failure(`Cannot get a kubeconfig: ${chunk.metadata.error}`);
    bytes += chunk.bytes.length;
    if (bytes > mostBytes) throw noKubeconfig("it is longer than a mebibyte");
    chunks.push(chunk.bytes);
  }
  return await unpackKubeconfig(Buffer.concat(chunks));
}

/** The one file of the archive, tar compressed by gzip. @throws Failure for anything else. */
export async function unpackKubeconfig(archive: Uint8Array): Promise<string> {
  const files = Array.from(readTar(unzipped(archive))).filter((entry) => entry.kind === "file");
  const [file] = files;
  if (file === undefined) throw noKubeconfig("the archive holds no file");
  return await file.content.text();
}

function unzipped(archive: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(gunzipSync(archive, { maxOutputLength: mostBytes }));
  } catch (cause) {
    throw new Failure("Cannot read the machine's kubeconfig: it is no gzip archive", { cause });
  }
}

const noKubeconfig = (why: string) => new Failure(`Cannot read the machine's kubeconfig: ${why}`);
