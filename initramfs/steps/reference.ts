import { withProgress } from "./progress.ts";

/** Makes docs/reference anew from the descriptions of config, resources, commands and methods. */
export async function generateReference(): Promise<void> {
  // It loads most of the program, which no other target needs.
  const { writeReference } = await import("../../docs/generate/reference.ts");
  const changed = await withProgress("Generate the reference", writeReference);
  for (const path of changed) process.stdout.write(`docs/reference/${path}\n`);
}
