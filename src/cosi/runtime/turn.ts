const waiting: (() => void)[] = [];

/**
 * Resolves when all that is under way in memory has come to rest and whoever asked before has had a turn; nothing comes
 * from outside meanwhile. So passes that wait for nothing but the state run one after the other, and what one of them
 * writes is complete before others begin to work on it.
 */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) schedule();
  });

/** A tick comes after all microtasks, those included that they start; but asked for by anything else, before. */
const schedule = (): void => queueMicrotask(() => process.nextTick(release));

function release(): void {
  waiting.shift()?.();
  if (waiting.length > 0) schedule();
}
