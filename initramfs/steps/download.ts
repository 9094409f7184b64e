import { rename, rm } from "node:fs/promises";
import { Failure } from "../../src/errors/failure.ts";
import { messageOf } from "../../src/errors/message.ts";
import { hashFile } from "./files.ts";

const timeoutMs = 300_000;

export interface Download {
  /** Where it may be had; the first that has the right bytes wins. */
  readonly urls: readonly string[];
  /** Its hash decides, so it does not matter whom it came from. */
  readonly sha256: string;
  /** The file appears here whole or not at all. */
  readonly path: string;
}

/** @throws Failure with what each address answered. */
export async function download({ urls, sha256, path }: Download): Promise<void> {
  const failures: string[] = [];
  for (const url of urls) {
    const problem = await tryDownload(url, sha256, path).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (problem === undefined) return;
    failures.push(`${url}: ${problem}`);
  }
  throw new Failure(`Cannot download: ${failures.join("; ")}`);
}

async function tryDownload(url: string, sha256: string, path: string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Failure(`Cannot download: the server answered ${response.status}`);
    await Bun.write(temporary, response);
    const actual = await hashFile(temporary);
    if (actual !== sha256) throw new Failure(`Cannot use the download: its SHA-256 is ${actual}, not ${sha256}`);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
