import { kernelLogUrls } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { KmsgLogConfig } from "../../resources/runtime/kmsg-log-config.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";

/**
 * Says where the kernel's log goes.
 * @param fromKernel the value of the kernel argument `talos.logging.kernel`: it counts before there is a configuration
 */
export const kmsgLogConfigController = (fromKernel: string | undefined) =>
  defineController({
    name: "runtime.KmsgLogConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: KmsgLogConfig, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const urls = [...(fromKernel ? [fromKernel] : []), ...(config === undefined ? [] : kernelLogUrls(config))];
      // Without a slash at its end a URL means the same.
      const destinations = [...new Map(urls.map((url) => [url.replace(/\/$/, ""), url])).values()];
      if (destinations.length > 0) await context.put(KmsgLogConfig, "kmsg-log", { destinations });
    },
  });
