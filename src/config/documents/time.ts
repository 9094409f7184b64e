import { boolean, list, section, string } from "../describe.ts";
import { positiveDuration } from "../formats.ts";

/** `TimeSyncConfig`: where the clock comes from. */
export const timeSyncConfig = section({
  doc: "Where the machine's clock comes from.",
  since: "1.12",
  effect: "live",
  fields: {
    enabled: boolean({ doc: "Synchronise the clock.", default: true }),
    bootTimeout: string({
      doc: "How long boot waits for the first synchronisation; a minute when empty.",
      check: positiveDuration,
      example: "2m",
    }),
    ntp: section({
      doc: "From servers on the network.",
      fields: {
        servers: list(string({ doc: "Host." }), { doc: "Servers, tried in order.", example: ["pool.ntp.org"] }),
      },
    }).optional(),
    ptp: section({
      doc: "From a clock of the hardware.",
      fields: { devices: list(string({ doc: "Path." }), { doc: "Devices, tried in order.", example: ["/dev/ptp0"] }) },
    }).optional(),
  },
});
