/**
 * Whether these are the very objects of before. Resources and what the kernel has stay the same object while they are as
 * they were: where there was nothing to do then, there is nothing now.
 */
export const sameObjects = (before: readonly unknown[] | undefined, now: readonly unknown[]): boolean =>
  before?.length === now.length && now.every((one, place) => one === before[place]);
