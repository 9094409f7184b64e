import type { Log, Sequencer } from "../machine.ts";

/**
 * Signals that ask PID 1 to end the machine: SIGINT is Ctrl-Alt-Del, SIGTERM what container runtimes send.
 * SIGPWR never arrives: the JavaScript engine uses it for itself.
 */
export function handleSignals(sequencer: Sequencer, log: Log): void {
  process.on("SIGINT", () => {
    log("warn", "Ctrl-Alt-Del was pressed: rebooting");
    sequencer.reboot();
  });
  process.on("SIGTERM", () => {
    log("warn", "SIGTERM received: shutting down");
    sequencer.shutdown({ force: true });
  });
}
