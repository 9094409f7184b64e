import { probes } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";

const name = "network.ProbeConfigController";

/** Says which connections the configuration wants tried. One that the platform has tried already is the platform's. */
export const probeConfigController = () =>
  defineController({
    name,
    inputs: [activeConfigInput],
    outputs: [{ kind: ProbeSpec, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const wanted = config === undefined ? [] : probes(config);
      const ids = new Set(wanted.map(({ endpoint }) => `tcp:${endpoint}`));
      const present = new Map((await context.list(ProbeSpec)).map(({ metadata }) => [metadata.id, metadata.owner]));
      for (const { endpoint, timeoutMs: timeout, intervalMs: interval, failureThreshold } of wanted) {
        const id = `tcp:${endpoint}`;
        if ((present.get(id) ?? name) !== name) continue;
        await context.put(ProbeSpec, id, {
          ...{ interval, failureThreshold, tcp: { endpoint, timeout }, layer: "configuration" },
        });
      }
      for (const [id, owner] of present) if (owner === name && !ids.has(id)) await context.destroy(ProbeSpec, id);
    },
  });
