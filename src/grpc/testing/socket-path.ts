import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for a unix socket, in a directory of its own that goes with the value. */
export function socketPath(): Disposable & { readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), "grpc-"));
  return {
    path: join(directory, "s.sock"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
