import type { APIServerConfig } from "../../../resources/k8s/api-server-config.ts";
import type { OwnVolume } from "./places.ts";

type Volume = APIServerConfig["extraVolumes"][number];
type Wishes = Pick<APIServerConfig, "extraVolumes" | "environmentVariables">;

export interface AcceptedWishes {
  readonly volumes: readonly Volume[];
  /** Sorted by name: a pod is made anew when its text changes. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Places of what was not taken, such as `extraVolumes[0]`. */
  readonly ignored: readonly string[];
}

/**
 * What a pod can have of its owner's wishes by Kubernetes' rules. For one pod that breaks them the kubelet refuses its
 * whole list, the rest of the control plane included.
 */
export function acceptedWishes(
  { extraVolumes, environmentVariables }: Wishes,
  own: readonly OwnVolume[],
): AcceptedWishes {
  const ignored: string[] = [];
  const names = new Set(own.map(({ name }) => name));
  const paths = new Set(own.map(({ path }) => path));
  const volumes: Volume[] = [];
  for (const [index, volume] of extraVolumes.entries()) {
    if (!isHostPath(volume.hostPath) || !isMountPath(volume.mountPath) || paths.has(volume.mountPath)) {
      ignored.push(`extraVolumes[${index}]`);
      continue;
    }
    let name = isVolumeName(volume.name) ? volume.name : "extra";
    for (let number = index; names.has(name); number += 1) name = `extra-${number}`;
    names.add(name);
    paths.add(volume.mountPath);
    volumes.push({ ...volume, name });
  }
  const environment = Object.entries(environmentVariables).toSorted(([left], [right]) => (left < right ? -1 : 1));
  ignored.push(...environment.filter(([name]) => !isVariable(name)).map(([name]) => `env.${JSON.stringify(name)}`));
  return { volumes, environment: environment.filter(([name]) => isVariable(name)), ignored };
}

const isHostPath = (path: string): boolean => path !== "" && !path.split("/").includes("..");
const isMountPath = (path: string): boolean => path.startsWith("/") && !path.includes(":");
const isVolumeName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
/** Printable ASCII but for the one that ends it. */
const isVariable = (name: string): boolean => /^[ -<>-~]+$/.test(name);
