import { section, string } from "../describe.ts";
import { hostAndPort, positiveDuration, url } from "../formats.ts";

/** `EventSinkConfig`: who is told what happens. */
export const eventSinkConfig = section({
  doc: "Sends the machine's events to a gRPC server.",
  since: "1.5",
  effect: "live",
  fields: {
    endpoint: string({
      doc: "Host and port of the server.",
      check: hostAndPort,
      required: true,
      example: "192.168.10.3:3247",
    }),
  },
});

/** `KmsgLogConfig`: who gets the kernel's messages. */
export const kmsgLogConfig = section({
  doc: "Sends the kernel's messages, the machine's own among them, to a server.",
  since: "1.5",
  effect: "live",
  fields: {
    name: string({ doc: "Name of the receiver.", required: true, example: "remote-log" }),
    url: string({
      doc: "Where they go, over TCP or UDP, with a port.",
      check: url("tcp", "udp"),
      required: true,
      example: "tcp://192.168.3.7:3478/",
    }),
  },
});

/** `WatchdogTimerConfig`: hardware that restarts a machine that hangs. */
export const watchdogTimerConfig = section({
  doc: "Lets hardware restart the machine when it hangs.",
  since: "1.7",
  effect: "live",
  fields: {
    device: string({ doc: "Path of the device.", required: true, example: "/dev/watchdog0" }),
    timeout: string({
      doc: "How long the machine may hang, 10s at least; 1m when empty.",
      check: positiveDuration,
      example: "2m",
    }),
  },
});
