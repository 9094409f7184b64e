import { defineResource } from "../define.ts";
import { string } from "../fields/index.ts";

/** Environment of the machine's own programs, `NAME=value`. A proxy's address may hold a password. */
export const Environment = defineResource({
  type: "Environments.runtime.talos.dev",
  aliases: ["env"],
  namespace: "runtime",
  sensitive: true,
  spec: {
    variables: string(1).list(),
  },
  columns: { Variables: "{.variables}" },
});

export type Environment = typeof Environment.Type;
