import { formatDuration } from "../../src/clock/duration.ts";

const quietMs = 1_000;
const tickMs = 10_000;

/**
 * Runs a step and tells the person who waits: nothing when it is quick, else a line when it begins to take long, one
 * now and then while it does, and one with the time it took.
 * @param detail what has been done so far, asked for with every line.
 */
export async function withProgress<T>(what: string, work: () => Promise<T>, detail?: () => string): Promise<T> {
  const startedMs = performance.now();
  let announced = false;
  const say = (text: string) => process.stderr.write(`  ${what}${text}\n`);
  const suffix = () => (detail === undefined ? "" : `: ${detail()}`);
  const announce = setTimeout(() => {
    announced = true;
    say(` …${suffix()}`);
  }, quietMs);
  const tick = setInterval(() => say(` … ${elapsed(startedMs)}${suffix()}`), tickMs);
  try {
    const result = await work();
    if (announced) say(` done in ${elapsed(startedMs)}`);
    return result;
  } finally {
    clearTimeout(announce);
    clearInterval(tick);
  }
}

function elapsed(startedMs: number): string {
  return formatDuration(Math.round((performance.now() - startedMs) / 100) * 100);
}
