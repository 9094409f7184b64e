import { probes } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { putOwn } from "../../put-own.ts";

const name = "network.ProbeConfigController";

/** Says which connections the configuration wants tried. One that the platform has tried already is the platform's. */
export const probeConfigController = () =>
  defineController({
    name,
    inputs: [activeConfigInput],
    outputs: [{ kind: ProbeSpec, sharing: "shared" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const wanted = new Map<string, ProbeSpec>();
      for (const probe of config === undefined ? [] : probes(config)) {
        const { endpoint, timeoutMs: timeout, intervalMs: interval, failureThreshold } = probe;
        const tcp = { endpoint, timeout };
        wanted.set(`tcp:${endpoint}`, { interval, failureThreshold, tcp, layer: "configuration" });
      }
      await putOwn(context, name, ProbeSpec, wanted);
    },
  });
