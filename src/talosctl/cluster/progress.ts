/** Where progress goes: stderr, so that stdout keeps the result alone. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells how far a step is: `120 of 300 MiB`, `etcd: Preparing`. */
export type Report = (detail: string) => void;

const redrawMs = 200;
/** A log is read afterwards: it needs no line for every megabyte. */
const plainGapMs = 5_000;

/**
 * Says what is done, how far it is and how long it has taken. On a terminal one line per step is kept current;
 * elsewhere (CI, a file) each step prints a line when it begins, now and then when its detail has changed, and when it
 * ends.
 */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #now: () => number;

  constructor(output: ProgressOutput = process.stderr, now: () => number = performance.now.bind(performance)) {
    this.#output = output;
    this.#now = now;
  }

  /** A line that belongs to no step. */
  say(text: string): void {
    this.#output.write(`${text}\n`);
  }

  async step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    const began = this.#now();
    const elapsed = () => seconds(this.#now() - began);
    let detail = "";
    const draw = () => {
      const line = `  … ${title}${detail === "" ? "" : `: ${detail}`} (${elapsed()})`;
      this.#output.write(`\r\x1b[2K${truncate(line, (this.#output.columns ?? 80) - 1)}`);
    };
    const terminal = this.#output.isTTY === true;
    const timer = terminal ? setInterval(draw, redrawMs) : undefined;
    if (terminal) draw();
    else this.#output.write(`  … ${title}\n`);
    let quietUntil = began;
    const report = (next: string) => {
      const now = this.#now();
      if (next === detail || (!terminal && now < quietUntil)) return;
      detail = next;
      quietUntil = now + plainGapMs;
      if (terminal) draw();
      else this.#output.write(`    ${elapsed().padStart(6)}  ${detail}\n`);
    };
    const finish = (mark: string) => {
      clearInterval(timer);
      this.#output.write(`${terminal ? "\r\x1b[2K" : ""}  ${mark} ${title} (${elapsed()})\n`);
    };
    try {
      const result = await work(report);
      finish("✓");
      return result;
    } catch (error) {
      finish("✗"); // the reason is told by whoever catches it
      throw error;
    }
  }
}

function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const whole = Math.round(ms / 1_000);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, "0")}s`;
}

function truncate(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
