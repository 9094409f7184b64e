import { memoryState } from "../cosi/memory/memory-state.ts";
import { Runtime } from "../cosi/runtime.ts";
import type { State } from "../cosi/state.ts";
import { createSpawner, type Spawner } from "../linux/spawner/spawner.ts";
import { Service } from "../resources/v1alpha1/service.ts";
import { BootProgressRecorder } from "./boot/progress.ts";
import { writeConfiguredFiles } from "./boot/user-files.ts";
import { createVolumes, type Volumes } from "./boot/volumes.ts";
import { containerdConnector } from "./connect-containerd.ts";
import { BootstrapGate } from "./etcd/bootstrap-gate.ts";
import { RingEventLog } from "./events/event-log.ts";
import { createMachineLogs, type MachineLogs } from "./logs/machine-logs.ts";
import type { Log, MachineMode } from "./machine.ts";
import { Meta } from "./meta/meta.ts";
import { StageTracker } from "./sequences/stage.ts";
import { services } from "./services/index.ts";
import { whenResource } from "./supervisor/conditions.ts";
import type { ServiceHost } from "./supervisor/service.ts";
import { ServiceSupervisor } from "./supervisor/supervisor.ts";

/** What a machine is made of before anything runs, the lower parts first. */
export interface Parts {
  readonly state: State;
  readonly events: RingEventLog;
  readonly logs: MachineLogs;
  readonly spawner: Spawner;
  readonly stage: StageTracker;
  readonly progress: BootProgressRecorder;
  readonly host: ServiceHost;
  readonly supervisor: ServiceSupervisor;
  readonly volumes: Volumes;
  readonly meta: Meta;
  readonly runtime: Runtime;
  /** Says where our cgroups are, once they are made. */
  readonly useCgroups: (place: ServiceHost["cgroup"]) => void;
}

export async function makeParts(kernelLog: Log, mode: MachineMode): Promise<Parts> {
  const state = memoryState();
  const events = new RingEventLog();
  const logs = createMachineLogs(kernelLog);
  const { log } = logs;
  const spawner = await createSpawner({ drop: "module-and-boot" });
  const containerd = containerdConnector();
  const bootstrapGate = new BootstrapGate();
  let place: ServiceHost["cgroup"] = () => undefined;
  const host: ServiceHost = { state, mode, log, containerd, bootstrapGate, spawner, cgroup: (group) => place(group) };
  const supervisor = new ServiceSupervisor(
    services.filter((service) => mode !== "container" || service.inContainerMode !== false),
    { host, logs: logs.store, events },
  );
  const volumes = createVolumes({
    ...{ log, state, spawner },
    whenDisksAreNamed: async (signal) => {
      await whenResource(state, Service, "udevd", ({ healthy }) => healthy, signal);
    },
    writeFiles: (config) => writeConfiguredFiles(config, { log, state }),
  });
  const meta = new Meta({ state, log });
  const runtime = new Runtime({ state, log: (name, level, text) => logs.controllers.write(name, level, text) });
  const [stage, progress] = [new StageTracker(), new BootProgressRecorder(state)];
  return {
    ...{ state, events, logs, spawner, stage, progress, host, supervisor, volumes, meta, runtime },
    useCgroups: (found) => {
      place = found;
    },
  };
}
