import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface LocationOptions {
  /** `--talosconfig`. */
  readonly flag?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** Whether a file is there; injected by tests. */
  readonly exists?: (path: string) => boolean;
}

/** Where pods find the configuration that the machine gives them. */
const inPod = "/var/run/secrets/talos.dev/config";

/**
 * Which client configuration is meant: the flag, `$TALOSCONFIG`, the one in the home directory, the pod's. Paths that
 * somebody named are taken as they are; without any file the home directory's is where a new one goes.
 */
export function talosconfigPath(options: LocationOptions = {}): string {
  const { flag, environment = process.env, home = homedir(), exists = existsSync } = options;
  if (flag !== undefined && flag !== "") return flag;
  if (environment.TALOSCONFIG) return environment.TALOSCONFIG;
  const own = join(environment.TALOS_HOME || join(home, ".talos"), "config");
  return !exists(own) && exists(inPod) ? inPod : own;
}
