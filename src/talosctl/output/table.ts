export type Cell = string | number | bigint;

/**
 * Lines up rows under their headers as Go's tabwriter does with a padding of three: every column but the last is as
 * wide as its widest cell and the padding.
 * @param rows each as long as `headers`.
 */
export function table(
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
  padding: number = defaultPadding,
): string {
  const lines = [headers, ...rows.map((row) => row.map((cell) => String(cell)))];
  const widths = columnWidths(lines);
  return lines.map((line) => `${formatRow(line, widths, padding)}\n`).join("");
}

/** Widths that fit every line; the last column needs none. */
export function columnWidths(lines: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const line of lines) {
    for (const [column, text] of line.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Bun.stringWidth(text));
    }
  }
  return widths;
}

export const formatRow = (
  line: readonly string[],
  widths: readonly number[],
  padding: number = defaultPadding,
): string =>
  line
    .map((text, column) => {
      if (column === line.length - 1) return text;
      return text + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(text)) + padding);
    })
    .join("");

const defaultPadding = 3;
