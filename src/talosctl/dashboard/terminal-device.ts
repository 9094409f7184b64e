import { Failure } from "../../errors/failure.ts";
import type { DashboardDevice } from "./run-dashboard.ts";

/** The process's own terminal, in raw mode until it is disposed of. @throws Failure when there is none. */
export function terminalDevice(): DashboardDevice & Disposable {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new Failure("Cannot show a dashboard: this is no terminal", {
      hint: "For programs there are talosctl services, stats, memory, dmesg and get, with -o json",
    });
  }
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  return {
    input: stdin as unknown as AsyncIterable<string>,
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
    write: (text) => stdout.write(text),
    onResize(changed, signal) {
      stdout.on("resize", changed);
      signal.addEventListener("abort", () => stdout.off("resize", changed), { once: true });
    },
    [Symbol.dispose]() {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.unref();
    },
  };
}
