import { boolean, list, section, string } from "../describe.ts";
import { duration } from "../formats.ts";

/** `machine.time`: where the clock comes from. */
export const time = section({
  doc: "Where the machine's clock comes from.",
  replacedBy: "TimeSyncConfig",
  effect: "live",
  fields: {
    disabled: boolean({ doc: "Turn the NTP client off.", default: false }),
    servers: list(string({ doc: "Host." }), { doc: "NTP servers, tried in order.", example: ["time.example.org"] }),
    bootTimeout: string({
      doc: "How long boot waits for the first synchronisation; a minute when empty, for ever when 0s.",
      check: duration,
    }),
  },
});
