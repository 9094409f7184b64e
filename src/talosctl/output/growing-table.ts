import { columnWidths, formatRow } from "./table.ts";

export interface GrowingTableOptions {
  /** Rows that are held back so that their columns line up; for streams that end by themselves. */
  readonly holdRows?: number;
}

/**
 * A table whose rows come one by one. Columns are as wide as what was seen so far: they only ever grow, so that most
 * rows line up. Rows show at once unless some are held back.
 */
export class GrowingTable {
  #widths: number[];
  readonly #headers: readonly string[];
  readonly #holdRows: number;
  #held: (readonly string[])[] | undefined = [];

  constructor(headers: readonly string[], { holdRows = 0 }: GrowingTableOptions = {}) {
    this.#headers = headers;
    this.#holdRows = holdRows;
    this.#widths = columnWidths([headers]);
  }

  /** What to print now; the headers come with the first row. */
  add(row: readonly string[]): string {
    const seen = columnWidths([row]);
    this.#widths = this.#widths.map((width, column) => Math.max(width, seen[column] ?? 0));
    if (this.#held === undefined) return this.#line(row);
    this.#held.push(row);
    return this.#held.length > this.#holdRows ? this.flow() : "";
  }

  /** What was held back, with the headers even if that is nothing; from now on rows show at once. */
  flow(): string {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? "" : [this.#headers, ...held].map((row) => this.#line(row)).join("");
  }

  /** What was held back; nothing without rows. */
  end(): string {
    return (this.#held ?? []).length === 0 ? "" : this.flow();
  }

  #line(row: readonly string[]): string {
    return `${formatRow(row, this.#widths)}\n`;
  }
}
