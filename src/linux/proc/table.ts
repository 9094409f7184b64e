/** Lines of a /proc file, without the last empty one. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Fields of a line separated by blanks. */
export const fields = (line: string): string[] => line.trim().split(/\s+/);

/** `index`-th field as a number; 0 where an older kernel has fewer columns. */
export const numberAt = (columns: readonly string[], index: number): number => Number(columns[index] ?? 0) || 0;
