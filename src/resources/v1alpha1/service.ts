import { defineResource } from "../define.ts";
import { boolean } from "../fields/index.ts";

/** A service that has been started; the id is its name. */
export const Service = defineResource({
  type: "Services.v1alpha1.talos.dev",
  aliases: ["svc"],
  namespace: "runtime",
  spec: {
    running: boolean(1),
    healthy: boolean(2),
    unknown: boolean(3),
  },
  columns: { Running: "{.running}", Healthy: "{.healthy}", "Health Unknown": "{.unknown}" },
});

export type Service = typeof Service.Type;
