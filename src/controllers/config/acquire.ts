import { Backoff, type BackoffOptions } from "../../async/backoff.ts";
import { ConfigFailure, type MachineConfig as ParsedConfig } from "../../config/index.ts";
import { defineController, type ReconcileContext } from "../../cosi/controller.ts";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import { readSmbios, type Smbios } from "../../platform/smbios.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { LinkStatus } from "../../resources/network/link-status.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { DevicesStatus } from "../../resources/runtime/devices-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { metaTags } from "../../resources/runtime/meta-tags.ts";
import { AcquireConfigStatus } from "../../resources/v1alpha1/acquire-config-status.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { ConfigSearch, type Finding, type SearchOptions } from "./search.ts";
import type { MachineFacts, SourceNeed } from "./sources/source.ts";

const slowly: BackoffOptions = { initialMs: 1_000, maximumMs: 60_000 };

type Found = Extract<Finding, { kind: "found" }>;

export interface AcquireOptions extends Omit<SearchOptions, "onWarning"> {
  /** Puts the first config of this boot in force. */
  readonly onConfig: (config: ParsedConfig, source: Found["source"]) => Promise<void>;
  /** Told when nobody has a whole config, with what little there is. */
  readonly onMaintenance: (partial: ParsedConfig | undefined) => Promise<void>;
  /** Pauses between tries. */
  readonly retry?: BackoffOptions;
  /** Told when no config could be had or it was bad, for the event stream. */
  readonly onProblem?: (kind: "load" | "validation", message: string) => void;
  readonly smbios?: () => Smbios;
}

/**
 * Gets the machine's config, from the first place that has a whole one. Where none is named the machine asks for
 * maintenance: whoever reaches it may hand it a config. A place that is named and cannot be reached is asked for ever,
 * and never replaced by maintenance: or who can disturb a network could make the machine its own.
 */
export const acquireController = (options: AcquireOptions) => {
  const { onConfig, onMaintenance, retry = slowly, onProblem = () => {}, smbios = readSmbios } = options;
  const backoff = new Backoff(retry);
  let search: ConfigSearch | undefined;
  let inMaintenance = false;
  let askAgainAtMs = 0;
  let lastProblem = "";

  return defineController({
    name: "config.AcquireController",
    inputs: [
      activeConfigInput,
      { kind: NetworkStatus, strength: "weak" },
      { kind: HostnameStatus, strength: "weak" },
      { kind: LinkStatus, strength: "weak" },
      { kind: DevicesStatus, strength: "weak" },
      { kind: MetaKey, strength: "weak" },
    ],
    outputs: [
      { kind: MaintenanceServiceRequest, sharing: "exclusive" },
      { kind: AcquireConfigStatus, sharing: "exclusive" },
    ],
    async reconcile(context) {
      if ((await activeConfig(context)) !== undefined)
        return void (await context.put(AcquireConfigStatus, "machine-config", {}));
      if (inMaintenance) return void (await context.put(MaintenanceServiceRequest, "maintenance", {}));
      // Links change all the time: that is no reason to ask a server sooner.
      const restMs = askAgainAtMs - performance.now();
      if (restMs > 0) return context.requeueAfter(restMs);
      await attempt(context);
    },
  });

  async function attempt(context: ReconcileContext): Promise<void> {
    search ??= new ConfigSearch({ ...options, onWarning: (text) => context.log("warn", text) });
    try {
      const [facts, has] = [await factsOf(context), await whatThereIs(context)];
      await conclude(await search.run({ facts, has, signal: context.signal }), context);
    } catch (thrown) {
      const waitMs = backoff.next();
      askAgainAtMs = performance.now() + waitMs;
      context.requeueAfter(waitMs);
      tell(thrown, context);
      context.log("debug", `next try in ${Math.round(waitMs / 1_000)} s`);
    }
  }

  async function conclude(finding: Finding, context: ReconcileContext): Promise<void> {
    if (finding.kind === "waits") return;
    if (finding.kind === "found") {
      const { config, source } = finding;
      await onConfig(config, source);
      return context.log("info", `machine configuration loaded from ${config.file}`);
    }
    if (finding.kind === "rejected") {
      tell(finding.reason, context);
      context.log(
        "error",
        `the saved config is of no use, and kept as ${finding.keptAs}; the machine waits for another`,
      );
    }
    await onMaintenance(finding.kind === "nothing" ? finding.partial : undefined);
    inMaintenance = true;
    await context.put(MaintenanceServiceRequest, "maintenance", {});
  }

  function tell(thrown: unknown, context: ReconcileContext): void {
    const problem = messageOf(thrown);
    onProblem(thrown instanceof ConfigFailure ? "validation" : "load", problem);
    // Repeated failures are told once, or the console would show nothing else.
    if (problem === lastProblem) return;
    lastProblem = problem;
    const hint = thrown instanceof Failure ? thrown.hint : undefined;
    context.log("error", hint === undefined ? problem : `${problem}. ${hint}`);
  }

  async function factsOf(context: ReconcileContext): Promise<MachineFacts> {
    const { uuid, serialNumber } = smbios();
    const metaValue = async (tag: string) => (await context.get(MetaKey, tag))?.spec.value;
    const links = await context.list(LinkStatus);
    const first = links
      .filter(({ spec }) => spec.type === "ether" && spec.kind === "" && spec.hardwareAddr !== "")
      .toSorted((left, right) => (left.metadata.id < right.metadata.id ? -1 : 1))[0];
    return {
      uuid: (await metaValue(metaTags.uuid)) ?? uuid,
      serial: serialNumber,
      mac: first?.spec.hardwareAddr,
      hostname: (await context.get(HostnameStatus, "hostname"))?.spec.hostname,
      code: await metaValue(metaTags.downloadCode),
    };
  }
};

async function whatThereIs(context: ReconcileContext): Promise<ReadonlySet<SourceNeed>> {
  const has = new Set<SourceNeed>();
  if ((await context.get(NetworkStatus, "status"))?.spec.addressReady === true) has.add("network");
  if ((await context.get(DevicesStatus, "devices"))?.spec.ready === true) has.add("devices");
  return has;
}
