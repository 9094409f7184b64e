import { text } from "../flag.ts";
import { defaultStateRoot } from "./directory.ts";

/** Flags that say which cluster is meant. */
export const whichCluster = {
  name: text({ doc: "Name of the cluster", placeholder: "name", default: "default" }),
  state: text({ doc: "Directory that holds the clusters", placeholder: "directory", default: defaultStateRoot }),
} as const;
