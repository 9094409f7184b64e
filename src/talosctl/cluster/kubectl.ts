import { existsSync } from "node:fs";

/** The kubectl to type: the one that the build made, which is of the cluster's release, else the host's own. */
export const findKubectl = (built: string): string => (existsSync(built) ? built : "kubectl");
