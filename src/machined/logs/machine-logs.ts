import type { Log, LogStore } from "../machine.ts";
import { ConsoleLines } from "./console-lines.ts";
import { type ControllerLog, createControllerLog, keepLog } from "./controller-log.ts";
import { createLogStore } from "./log-store.ts";
import { ServiceLines } from "./service-lines.ts";

/** Everything that the machine and its services say, and where it goes. */
export interface MachineLogs {
  /** The machine's own: to the kernel's log, and kept. */
  readonly log: Log;
  readonly store: LogStore;
  readonly controllers: ControllerLog;
  /** What services write, on its way to collectors. */
  readonly serviceLines: ServiceLines;
  /** `debug` of the configuration: more of the controllers, and the services on the console. */
  setDebug(debug: boolean): void;
}

/** @param kernelLog writes to the kernel's log, where the console finds it */
export function createMachineLogs(kernelLog: Log): MachineLogs {
  const serviceLines = new ServiceLines(kernelLog);
  const consoleLines = new ConsoleLines(kernelLog);
  const store = createLogStore({
    onWrite: (id, bytes) => {
      serviceLines.write(id, bytes);
      consoleLines.write(id, bytes);
    },
  });
  const log = keepLog(kernelLog, store.open("machined"));
  const controllers = createControllerLog(log, store.open("controller-runtime"));
  return {
    ...{ log, store, controllers, serviceLines },
    setDebug: (debug) => {
      controllers.debug = debug;
      consoleLines.enabled = debug;
    },
  };
}
