import { defineResource } from "../define.ts";
import { url } from "../fields/index.ts";

/** Where the kernel's log is sent. */
export const KmsgLogConfig = defineResource({
  type: "KmsgLogConfigs.runtime.talos.dev",
  namespace: "runtime",
  spec: {
    destinations: url(1).list(),
  },
});

export type KmsgLogConfig = typeof KmsgLogConfig.Type;
