import { timeSettings } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { layered, putWishes, wishes } from "../layered.ts";

const name = "network.TimeServerConfigController";

/** Servers that a machine asks when nobody names others. */
export const defaultTimeServers: readonly string[] = ["time.cloudflare.com"];

export interface TimeServerConfigOptions {
  /** Of the kernel's command line. */
  readonly cmdline?: readonly string[];
}

/** Says which time servers the configuration wants, and which are asked when it does not care. */
export const timeServerConfigController = ({ cmdline = [] }: TimeServerConfigOptions = {}) =>
  defineController({
    name,
    inputs: [activeConfigInput],
    outputs: [{ kind: TimeServerSpec, ...wishes, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const wanted = new Map<string, TimeServerSpec>();
      const want = (layer: TimeServerSpec["layer"], timeServers: readonly string[]) => {
        if (timeServers.length > 0) wanted.set(layered(layer, "timeservers"), { timeServers: [...timeServers], layer });
      };
      // The owner's first, so that the others are not asked meanwhile.
      want("configuration", timeSettings(config).servers);
      want("cmdline", cmdline);
      want("default", defaultTimeServers);
      await putWishes(context, name, TimeServerSpec, wanted);
    },
  });
