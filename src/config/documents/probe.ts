import { integer, section, string } from "../describe.ts";
import { hostAndPort, positiveDuration } from "../formats.ts";

/** `TCPProbeConfig`: a connection that tells whether the network works. */
export const tcpProbeConfig = section({
  doc: "A connection that is tried again and again: the network counts as connected while all such connections work.",
  since: "1.13",
  effect: "live",
  fields: {
    name: string({ doc: "Name of the probe.", required: true, example: "proxy" }),
    endpoint: string({
      doc: "Host and port to connect to.",
      check: hostAndPort,
      required: true,
      example: "proxy.example.org:3128",
    }),
    interval: string({ doc: "From one try to the next.", check: positiveDuration, default: "1s" }),
    timeout: string({ doc: "How long a try may take.", check: positiveDuration, default: "10s" }),
    failureThreshold: integer({
      doc: "Failures in a row that count as one; the first does when 0.",
      minimum: 0,
      default: 0,
    }),
  },
});
