import { defineController } from "../../../cosi/controller.ts";
import { readNetworkText } from "../../../platform/network-text.ts";
import { SystemInformation } from "../../../resources/hardware/system-information.ts";
import { PlatformConfig } from "../../../resources/network/platform-config.ts";
import { MetaKey } from "../../../resources/runtime/meta-key.ts";
import { metaTags } from "../../../resources/runtime/meta-tags.ts";
import { nothingSaid } from "./nothing-said.ts";
import { activeId } from "./platform-config-id.ts";

export interface PlatformConfigOptions {
  /** Value of `talos.platform`. */
  readonly platform: string;
  /** Kernel argument `talos.hostname`. */
  readonly hostname: string | undefined;
}

/** Says what there is to say of a machine whose platform says nothing: what it runs on, and what META holds. */
export function platformConfigController({ platform, hostname }: PlatformConfigOptions) {
  let told = "";
  return defineController({
    name: "network.PlatformConfigController",
    inputs: [
      { kind: SystemInformation, id: "systeminformation", strength: "weak" },
      { kind: MetaKey, id: metaTags.network, strength: "weak" },
    ],
    outputs: [{ kind: PlatformConfig, sharing: "shared" }],
    async reconcile(context) {
      const instanceId = (await context.get(SystemInformation, "systeminformation"))?.spec.uuid;
      const text = platform === "metal" ? (await context.get(MetaKey, metaTags.network))?.spec.value : undefined;
      const { config, problems } = text === undefined ? { config: nothingSaid, problems: [] } : readNetworkText(text);
      if (text !== undefined && text !== told)
        for (const problem of problems) context.log("warn", `META ${metaTags.network} is not used whole: ${problem}`);
      told = text ?? "";
      await context.put(PlatformConfig, activeId, {
        ...config,
        metadata: {
          platform,
          ...(hostname === undefined ? {} : { hostname }),
          ...(instanceId === undefined ? {} : { instanceId }),
        },
      });
    },
  });
}
