import { expect, test } from "bun:test";
import { holdLease, type News } from "./hold-lease.ts";

const newsOf = (event: string, before: string | undefined): News | undefined =>
  before === event ? undefined : ["info", `near is ${event}`];

test("what goes wrong lets go of the lease and is told once, and each attempt begins anew", async () => {
  const stop = new AbortController();
  const logged: string[] = [];
  const leases: (string | undefined)[] = [];
  let attempts = 0;
  await holdLease<string, string>({
    ...{ protocol: "DHCP", linkName: "near", restartMs: 1, signal: stop.signal, newsOf },
    async *events() {
      attempts += 1;
      if (attempts === 4) return stop.abort();
      yield* ["192.0.2.100", "192.0.2.100"];
      throw new Error(attempts === 3 ? "the link is gone" : "no route");
    },
    leaseOf: (event) => event,
    onLease: (lease) => leases.push(lease),
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
  const held = ["192.0.2.100", "192.0.2.100", undefined];
  expect(leases).toEqual([...held, ...held, ...held]);
  expect(logged).toEqual([
    ...["info: near is 192.0.2.100", "warn: Cannot configure near by DHCP: no route"],
    ...["info: near is 192.0.2.100"],
    ...["info: near is 192.0.2.100", "warn: Cannot configure near by DHCP: the link is gone"],
  ]);
});

test("what fails because it is stopped is no problem", async () => {
  const stop = new AbortController();
  const logged: string[] = [];
  await holdLease<string, string>({
    ...{ protocol: "DHCP", linkName: "near", signal: stop.signal, newsOf, leaseOf: (event) => event },
    // biome-ignore lint/correctness/useYield: it fails before anything happens.
    async *events() {
      stop.abort();
      throw new Error("the socket is closed");
    },
    onLease: () => {},
    log: (_, message) => logged.push(message),
  });
  expect(logged).toEqual([]);
});
