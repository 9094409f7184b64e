import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { bootMachine, run, type TestMachine } from "./machine/machine.ts";
import { resources } from "./machine/resources.ts";
import { eventually } from "./support/eventually.ts";
import { leastOf } from "./support/least-of.ts";
import { reachesPort } from "./support/reaches-port.ts";

/** Configs that cut the API off, tried on a machine that runs natively: it is to come back by itself. */
const describeAsRoot = describe.if(process.getuid?.() === 0 && process.platform === "linux");
const minutes = (count: number) => count * 60_000;
const trialMs = 6_000;
const publicClient = process.env.TALOSCTL_PUBLIC;

describeAsRoot("a config that cuts the API off is undone by itself", () => {
  let machine: TestMachine;

  beforeAll(async () => {
    machine = await bootMachine("--provisioner", "container", "--wait-timeout", "8m");
  }, minutes(10));
  afterAll(() => machine?.[Symbol.asyncDispose](), minutes(5));

  const saved = () => machine.ask("read", "/system/state/config.yaml");
  const active = async () => (await resources(machine, "mc")).get("v1alpha1")?.spec;
  const untilReached = (expected: boolean) =>
    eventually(
      () => reachesPort(machine.apiHost, machine.apiPort),
      (isReached) => isReached === expected,
      { timeoutMs: 90_000, intervalMs: 50 },
    );
  /** The host is the first address of the network; at the last but one there is nobody. */
  const neighbour = (last: number) => machine.apiHost.replace(/\d+$/, String(last));
  const wrongRoute = () => ({
    machine: {
      network: {
        interfaces: [{ interface: "eth0", routes: [{ network: `${neighbour(1)}/32`, gateway: neighbour(250) }] }],
      },
    },
  });
  const linkDown = () => ({ apiVersion: "v1alpha1", kind: "LinkConfig", name: "eth0", up: false });

  const cuts = [
    ["a route that leads nowhere", "ours", wrongRoute],
    ["a link that is set down", "ours", linkDown],
    ...(publicClient === undefined ? [] : ([["a link that is set down", "the public client", linkDown]] as const)),
  ] as const;

  test.each(cuts)(
    "%s, tried by %s",
    async (_, client, patch) => {
      const before = await saved();
      const binary = client === "ours" ? join(machine.directory, "../../talosctl") : (publicClient ?? "");
      const config = ["-f", join(machine.directory, "controlplane.yaml"), "-p", JSON.stringify(patch())];
      const flags = [...config, "--mode", "try", "--timeout", `${trialMs}ms`];
      const talosconfig = join(machine.directory, "talosconfig");
      const trial = async () => {
        const beganAt = performance.now();
        // Whether its answer comes before the cut or after it is nobody's promise, but it comes.
        const applied = run([binary, "--talosconfig", talosconfig, "apply-config", ...flags]);
        await untilReached(false);
        const cutAt = performance.now();
        await untilReached(true);
        const backAt = performance.now();
        // The trial begins after its command, and before anybody sees the cut.
        expect(backAt - beganAt).toBeGreaterThan(trialMs);
        expect(await applied).toMatchObject({
          code: 0,
          stderr: expect.stringContaining("automatically reverted back in"),
        });
        expect(await saved()).toBe(before);
        // The network is back before the last controller has said so.
        await eventually(active, (config) => config === before);
        return backAt - cutAt;
      };
      const limitMs = trialMs + 5_000;
      expect(await leastOf(limitMs, trial)).toBeLessThan(limitMs);
    },
    minutes(12),
  );
});
