import { withProgress } from "./progress.ts";

/** Generates the codecs of the wire formats from src/proto, for those modules whose descriptions changed. */
export async function generateProto(): Promise<void> {
  // The generator is a development tool and slow to load.
  const { generate } = await import("../../src/proto/generate.ts");
  await withProgress("Generate protocol codecs", generate);
}
