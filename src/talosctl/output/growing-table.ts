import { columnWidths, formatRow } from "./table.ts";

/**
 * A table whose rows come one by one and must show at once. Columns are as wide as what was seen so far: they only
 * ever grow, so that most rows line up.
 */
export class GrowingTable {
  #widths: number[];
  readonly #headers: readonly string[];
  #started = false;

  constructor(headers: readonly string[]) {
    this.#headers = headers;
    this.#widths = columnWidths([headers]);
  }

  /** The text of a row; the headers come with the first. */
  add(row: readonly string[]): string {
    const seen = columnWidths([row]);
    this.#widths = this.#widths.map((width, column) => Math.max(width, seen[column] ?? 0));
    const headers = this.#started ? "" : `${formatRow(this.#headers, this.#widths)}\n`;
    this.#started = true;
    return `${headers}${formatRow(row, this.#widths)}\n`;
  }
}
