import { removeGroup } from "./cgroup.ts";
import { removeNamespace } from "./network.ts";

/** What only containers leave: see `clean.ts` of all provisioners. */
export const removers: Readonly<Record<string, (what: string) => Promise<void>>> = {
  cgroup: removeGroup,
  network: removeNamespace,
};
