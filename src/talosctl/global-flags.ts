import { machines } from "./completion/resources.ts";
import { contexts } from "./completion/sources.ts";
import { type FlagValues, list, text } from "./flag.ts";

/** Flags of every command that talks to machines or manages the client configuration. */
export const globalFlags = {
  talosconfig: text({
    doc: "Client configuration file; by default $TALOSCONFIG, then ~/.talos/config, then the pod's",
    placeholder: "file",
  }),
  context: text({ doc: "Context of the client configuration to use", placeholder: "name", complete: contexts }),
  nodes: list({ doc: "Machines the command is about", short: "n", placeholder: "host,…", complete: machines }),
  endpoints: list({
    doc: "Machines that pass the command on; the context's by default",
    short: "e",
    placeholder: "host,…",
    complete: machines,
  }),
  cluster: text({ doc: "Cluster to choose when the endpoint is a proxy for several", short: "c", placeholder: "name" }),
  siderov1KeysDir: text({ doc: "Ignored; accepted for scripts", placeholder: "directory", hidden: true }),
} as const;

export type GlobalFlags = FlagValues<typeof globalFlags>;
