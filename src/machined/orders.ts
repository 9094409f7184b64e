import { messageOf } from "../errors/message.ts";
import { RebootCommand } from "../linux/reboot.ts";
import type { KernelArguments } from "../platform/kernel-arguments.ts";
import type { Platform } from "../platform/platform.ts";
import type { LoginManager } from "./login/login-manager.ts";
import type { Log, Machine } from "./machine.ts";
import type { Parts } from "./parts.ts";
import type { PlanHost } from "./sequences/plan.ts";
import { startServices } from "./services/start.ts";
import { apiFirst, whenConfigured } from "./supervisor/conditions.ts";

export interface OrdersOptions {
  readonly parts: Parts;
  readonly args: KernelArguments;
  readonly platform: Platform;
  /** Asked for when the first order comes: the machine holds the sequencer, and that these orders. */
  readonly machine: () => Machine;
  /** Aborted when the controllers are to end. */
  readonly stopping: AbortController;
}

/** What the sequences order, told to the machine's parts. */
export function ordersOf(options: OrdersOptions): PlanHost {
  const { parts, args, platform, machine, stopping } = options;
  const { state, events, logs, supervisor, volumes, meta, host } = parts;
  let running: Promise<unknown> = Promise.resolve();
  let login: LoginManager | undefined;
  return {
    log: logs.log,
    mode: platform.mode,
    shutdownAction: args.last("talos.shutdown") === "halt" ? "halt" : "powerOff",
    onCgroups: parts.useCgroups,
    onEnding: (action) => events.publish({ kind: "machine.RestartEvent", value: { cmd: RebootCommand[action] >>> 0 } }),
    provisionVolumes: async (signal) => {
      await volumes.provision(await whenConfigured(state, signal), signal);
      meta.store();
      await machine().configuration.stateReady();
    },
    startMachined: async () => {
      // It starts up on another processor while this one loads and makes all that it waits for: hence the imports here.
      await supervisor.start("apid");
      await (await import("./api/server.ts")).serveApi(machine());
      await (await import("../resources/register.ts")).registerTypes(state);
      if (platform.mode !== "container") await meta.load();
      await registerControllers(options);
      running = parts.runtime.run(stopping.signal);
      // Before the kubelet: it looks for it once.
      login = await openLogin(logs.log);
    },
    stopMachined: async () => {
      stopping.abort();
      await running;
    },
    whenApiAnswers: (signal) => apiFirst.wait(host, signal),
    startEverything: (signal) => startServices(supervisor, state, signal),
    drainNode: async (signal) => {
      await (await import("./node/cordon-and-drain.ts")).cordonAndDrain({ state, log: logs.log, signal });
    },
    releaseKubelet: async (signal) => {
      await (await import("./node/release-kubelet.ts")).releaseKubelet(state, logs.log, signal);
    },
    endPods: async (signal) => {
      if (login === undefined) return;
      await (await import("./login/end-pods.ts")).endPods({ state, supervisor, login, log: logs.log }, signal);
    },
    stopServices: () => supervisor.stopAll(),
  };
}

/** Without it a machine works as well, but ends without asking its pods. */
async function openLogin(log: Log): Promise<LoginManager | undefined> {
  const { LoginManager } = await import("./login/login-manager.ts");
  const login = new LoginManager(log);
  try {
    login.listen();
    return login;
  } catch (thrown) {
    log("warn", `the kubelet cannot be told of the machine's end: ${messageOf(thrown)}`);
    return undefined;
  }
}

async function registerControllers({ parts, args, platform, machine }: OrdersOptions): Promise<void> {
  const { logs, runtime, spawner, stage, supervisor, volumes } = parts;
  const { controllersOf } = await import("./controllers.ts");
  const controllers = controllersOf({
    ...machine(),
    ...{ supervisor, stage, platform, args, volumes, spawner },
    serviceLines: logs.serviceLines,
    onDebug: logs.setDebug,
  });
  for (const controller of controllers) runtime.register(controller);
}
