/** Longest that a test waits for what has no event of its own. */
const patienceMs = 15_000;

/** Turns of the event loop without a change after which a count is taken to stand still. */
const stillTurns = 100;

/** Lets the event loop turn until the condition holds. @throws Error when it has not after 15 s. */
export async function eventually(condition: () => boolean): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > untilMs) throw new Error(`never came true: ${condition}`);
    await turn();
  }
}

/** Lets the event loop turn until a count stands still, and gives it. */
export async function settled(count: () => number): Promise<number> {
  let before = count();
  for (let still = 0; still < stillTurns; still += 1) {
    await turn();
    if (count() !== before) still = 0;
    before = count();
  }
  return before;
}

function turn(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setImmediate(resolve);
  return promise;
}
