const notYet = Promise.resolve(undefined);

/** Groups what is there already: up to `maximum` items together, and none waits for another. */
export async function* batches<T>(items: AsyncIterable<T>, maximum: number): AsyncGenerator<T[], void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (let first = await next; first.done !== true; first = await next) {
      const batch = [first.value];
      next = iterator.next();
      while (batch.length < maximum) {
        // Of two that are settled, the one that stands first wins.
        const more = await Promise.race([next, notYet]);
        if (more === undefined || more.done === true) break;
        batch.push(more.value);
        next = iterator.next();
      }
      yield batch;
    }
  } finally {
    await iterator.return?.();
  }
}
