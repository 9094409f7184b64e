import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Places } from "./places.ts";
import type { Owners } from "./pod-files.ts";

/** A directory of the test's own instead of the machine's. */
export function testPlaces(): Places {
  const directory = mkdtempSync(join(tmpdir(), "control-plane-"));
  return {
    secrets: join(directory, "secrets"),
    config: join(directory, "config"),
    auditLog: join(directory, "audit"),
  };
}

const self = process.getuid?.() ?? 0;

/** Whoever runs the test, who may be nobody in particular. */
export const testOwners: Owners = { "kube-apiserver": self, "kube-controller-manager": self, "kube-scheduler": self };
