import { timeSettings } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { TimeServerSpec } from "../../resources/network/time-server-spec.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

const namespace = "network-config";

/** Servers that a machine asks when nobody names others. */
export const defaultTimeServers: readonly string[] = ["time.cloudflare.com"];

/** Says which time servers the configuration wants, and which there are without it. */
export const timeServerConfigController = () =>
  defineController({
    name: "network.TimeServerConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: TimeServerSpec, namespace, sharing: "shared" }],
    async reconcile(context) {
      const put = (layer: "default" | "configuration", timeServers: readonly string[]) =>
        context.put(TimeServerSpec, `${layer}/timeservers`, { timeServers, layer }, { namespace });
      await put("default", defaultTimeServers);
      const config = await activeConfig(context);
      const { servers } = config === undefined ? { servers: [] } : timeSettings(config);
      if (servers.length > 0) await put("configuration", servers);
      else await context.destroy(TimeServerSpec, "configuration/timeservers", { namespace });
    },
  });
