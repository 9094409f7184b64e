import { Queue } from "./queue.ts";

/**
 * Yields when any of the sources does; what they yield is not passed on, and several in a row may be one. Ends with the
 * first that ends, by its error if it has one, and then all others end too.
 */
export async function* anyOf(
  sources: readonly ((signal: AbortSignal) => AsyncIterable<unknown>)[],
  signal: AbortSignal,
): AsyncGenerator<void, void, undefined> {
  const news = new Queue<void>(1);
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  for (const source of sources) void follow(source(both), news);
  try {
    yield* news;
  } finally {
    ended.abort();
  }
}

async function follow(source: AsyncIterable<unknown>, news: Queue<void>): Promise<void> {
  try {
    for await (const _ of source) news.push();
    news.close();
  } catch (thrown) {
    news.close(thrown);
  }
}
