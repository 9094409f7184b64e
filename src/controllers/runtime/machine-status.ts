import { defineController } from "../../cosi/controller.ts";
import { NetworkStatus } from "../../resources/network/network-status.ts";
import { MachineStatus } from "../../resources/runtime/machine-status.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { TimeStatus } from "../../resources/time/time-status.ts";
import { Service } from "../../resources/v1alpha1/service.ts";

/** Where the machine is in its life; the sequences know. */
export interface StageSource {
  readonly current: MachineStatus["stage"];
  changes(signal: AbortSignal): AsyncIterable<unknown>;
}

interface Unmet {
  readonly name: string;
  readonly reason: string;
}

/** Says where the machine is in its life, and what it still lacks to be ready. */
export const machineStatusController = (stage: StageSource) =>
  defineController({
    name: "runtime.MachineStatusController",
    inputs: [
      { kind: TimeStatus, strength: "weak" },
      { kind: NetworkStatus, strength: "weak" },
      { kind: Service, strength: "weak" },
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
    ],
    outputs: [{ kind: MachineStatus, sharing: "exclusive" }],
    wakeOn: (signal) => stage.changes(signal),
    async reconcile(context) {
      const waitsForConfig = (await context.get(MaintenanceServiceRequest, "maintenance")) !== undefined;
      if (waitsForConfig && stage.current === "booting") {
        // All that it can be before somebody hands it a config.
        const status = { ready: true, unmetConditions: [] };
        return void (await context.put(MachineStatus, "machine", { stage: "maintenance", status }));
      }
      const time = await context.get(TimeStatus, "node");
      const network = await context.get(NetworkStatus, "status");
      const services = await context.list(Service);
      const unmetConditions = [
        ...(time?.spec.synced === true ? [] : [{ name: "time", reason: "time is not in sync" }]),
        ...networkProblems(network?.spec),
        ...serviceProblems(services.map(({ metadata, spec }) => ({ id: metadata.id, ...spec }))),
      ];
      await context.put(MachineStatus, "machine", {
        stage: stage.current,
        status: { ready: stage.current === "running" && unmetConditions.length === 0, unmetConditions },
      });
    },
  });

function networkProblems(status: NetworkStatus | undefined): Unmet[] {
  if (status === undefined) return [{ name: "network", reason: "network is not ready" }];
  const missing = [
    ...(status.addressReady ? [] : ["address"]),
    ...(status.connectivityReady ? [] : ["connectivity"]),
    ...(status.hostnameReady ? [] : ["hostname"]),
    ...(status.etcFilesReady ? [] : ["etc-files"]),
  ];
  return missing.length === 0 ? [] : [{ name: "network", reason: `waiting on: ${missing.join(", ")}` }];
}

function serviceProblems(services: readonly (Service & { readonly id: string })[]): Unmet[] {
  const reasons = services.flatMap(({ id, running, healthy, unknown }) => {
    if (!running) return [`${id} not running`];
    return healthy || unknown ? [] : [`${id} not healthy`];
  });
  return reasons.length === 0 ? [] : [{ name: "services", reason: reasons.join(", ") }];
}
