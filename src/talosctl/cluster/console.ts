import { open } from "node:fs/promises";

/** What a console log says about a boot. */
export type BootVerdict =
  /** Nothing was printed yet. */
  | "silent"
  /** The kernel prints, /init was not started yet. */
  | "kernel"
  /** The kernel failed before /init: our code had no part in it. */
  | "kernel-oops"
  /** /init runs. */
  | "machined"
  /** It runs, and has no config that it can use. */
  | "maintenance"
  /** The kernel failed, or PID 1 ended, after /init had started. */
  | "panic"
  /** machined met an error that it cannot go on with, and is about to reboot. */
  | "fatal";

const startsInit = /Run \/init as init process|\[talos\]/;
const fails = /Kernel panic - not syncing|BUG: |Oops: |general protection fault/;
const panics = /Kernel panic - not syncing/;
const givesUp = /\[talos\] fatal error/;

const waitsForConfig = /\[talos\].* This machine has no config, and waits for one/;
const hasConfig = /\[talos\].* maintenance mode has ended/;

/** Reads a growing console log and judges the boot from it. Only the newest boot counts: a machine may reboot. */
export class ConsoleLog {
  readonly path: string;
  #offset = 0;
  #rest = "";
  #lines: string[] = [];
  #verdict: BootVerdict = "silent";
  readonly #decoder = new TextDecoder();

  constructor(path: string) {
    this.path = path;
  }

  get verdict(): BootVerdict {
    return this.#verdict;
  }

  /** The last lines, for a person who wants to know why. */
  tail(count: number): string[] {
    return this.#lines.slice(-count);
  }

  /** The newest line that the machine or the kernel printed. */
  get lastLine(): string | undefined {
    return this.#lines.at(-1);
  }

  /** Reads what was written since the last time. */
  async refresh(): Promise<void> {
    const file = await open(this.path).catch(() => undefined);
    if (file === undefined) return;
    try {
      const buffer = new Uint8Array(64 * 1024);
      while (true) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, this.#offset);
        if (bytesRead === 0) return;
        this.#offset += bytesRead;
        this.accept(this.#decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
      }
    } finally {
      await file.close();
    }
  }

  accept(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(-4_096); // a line without end must not grow without end
    for (const line of lines) this.#judge(plain(line));
  }

  #judge(line: string): void {
    if (line === "") return;
    this.#lines.push(line);
    if (this.#lines.length > 400) this.#lines = this.#lines.slice(-200);
    if (/\bLinux version \d/.test(line)) this.#verdict = "kernel";
    else if (this.#verdict === "silent") this.#verdict = "kernel";
    const early = this.#verdict === "kernel" || this.#verdict === "kernel-oops";
    if (early && fails.test(line)) this.#verdict = "kernel-oops";
    else if (early && startsInit.test(line) && this.#verdict === "kernel") this.#verdict = "machined";
    if (this.#verdict === "machined" && waitsForConfig.test(line)) this.#verdict = "maintenance";
    if (this.#verdict === "maintenance" && hasConfig.test(line)) this.#verdict = "machined";
    if (this.#verdict === "maintenance" && panics.test(line)) this.#verdict = "panic";
    if (this.#verdict === "machined" && panics.test(line)) this.#verdict = "panic";
    if (this.#verdict === "machined" && givesUp.test(line)) this.#verdict = "fatal";
  }
}

/** A console line without what a terminal would act on: colours, cursor movements, carriage returns. */
export function plain(line: string): string {
  return Bun.stripANSI(line)
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .trimEnd();
}
