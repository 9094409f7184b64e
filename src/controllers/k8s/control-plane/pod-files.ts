import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { durableWrite } from "../../../files/durable-write.ts";
import { type ComponentId, componentUsers, type Places } from "./places.ts";

/** Who owns the files; others than the components' users in tests that are not root. */
export type Owners = Readonly<Record<ComponentId, number>>;

export interface RenderOptions {
  readonly places?: Places;
  readonly owners?: Owners;
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

const ownerMayRead = 0o400;

/** Writes files that only one component of the control plane may read. Each is there as it was or as it will be. */
export async function writePodFiles(
  directory: string,
  component: ComponentId,
  files: Files,
  owners: Owners = componentUsers,
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const owner = owners[component];
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    // Programs watch their files, and would read them anew.
    if (!(await holds(path, content))) await durableWrite(path, content, ownerMayRead, owner);
  }
}

async function holds(path: string, content: string | Uint8Array): Promise<boolean> {
  const present = await readFile(path).catch(() => undefined);
  return present?.equals(Buffer.from(content)) ?? false;
}
