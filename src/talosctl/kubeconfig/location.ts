import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Failure } from "../../errors/failure.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where kubectl looks. @throws Failure when `$KUBECONFIG` names several files. */
export function kubeconfigPath(environment: Environment = process.env, home = homedir()): string {
  const [path, ...others] = (environment.KUBECONFIG ?? "").split(delimiter).filter((part) => part !== "");
  if (others.length > 0) {
    throw new Failure("Cannot choose a kubeconfig: $KUBECONFIG names several files", {
      hint: `Name the one to change: talosctl kubeconfig ${path}`,
    });
  }
  return path ?? join(home, ".kube", "config");
}
