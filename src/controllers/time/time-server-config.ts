import { timeSettings } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const namespace = "network-config";

/** Servers that a machine asks when nobody names others. */
export const defaultTimeServers: readonly string[] = ["time.cloudflare.com"];

/** Says which time servers the configuration wants, and which are asked when it does not care. */
export const timeServerConfigController = () =>
  defineController({
    name: "network.TimeServerConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: TimeServerSpec, namespace, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      const put = (layer: "default" | "configuration", timeServers: readonly string[]) =>
        context.put(TimeServerSpec, `${layer}/timeservers`, { timeServers, layer }, { namespace });
      const { servers } = timeSettings(config);
      // The owner's first, so that the others are not asked meanwhile.
      if (servers.length > 0) await put("configuration", servers);
      await put("default", defaultTimeServers);
      if (servers.length === 0) await context.destroy(TimeServerSpec, "configuration/timeservers", { namespace });
    },
  });
