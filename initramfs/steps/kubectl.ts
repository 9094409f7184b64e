import { join } from "node:path";
import { kubectl } from "../components/components.ts";
import { compileComponent } from "./components.ts";
import { publish } from "./files.ts";
import { type BuildOptions, hostArchitecture } from "./options.ts";

/** Puts the client of Kubernetes into the output directory: for this host, whatever the machines are. */
export async function buildKubectl({ output }: Pick<BuildOptions, "output">): Promise<string> {
  const path = join(output, "kubectl");
  await publish(await compileComponent(kubectl, hostArchitecture()), path);
  return path;
}
