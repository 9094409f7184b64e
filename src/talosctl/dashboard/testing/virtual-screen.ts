import type { Device } from "../painter.ts";

/** A terminal in memory that obeys what a painter writes: enough of ECMA-48 to see what a person would. */
export class VirtualScreen implements Device {
  columns: number;
  rows: number;
  /** Everything that was written, in pieces. */
  readonly written: string[] = [];
  isAlternate = false;
  #cells: string[][];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = blank(columns, rows);
  }

  size() {
    return { columns: this.columns, rows: this.rows };
  }

  resize(columns: number, rows: number): void {
    Object.assign(this, { columns, rows });
    // As terminals do: what was there stays, cut or filled.
    const old = this.#cells;
    this.#cells = blank(columns, rows).map((line, row) => line.map((cell, column) => old[row]?.[column] ?? cell));
  }

  write(text: string): void {
    this.written.push(text);
    for (const [token, sequence] of text.matchAll(/\u001b\[([?0-9;]*[A-Za-z])|[^\u001b]/gu)) {
      if (sequence === undefined) this.#put(token);
      else this.#obey(sequence);
    }
  }

  /** The rows as they stand there, without trailing space. */
  lines(): string[] {
    return this.#cells.map((cells) => cells.join("").trimEnd());
  }

  #put(letter: string): void {
    const width = Bun.stringWidth(letter);
    // Without wrapping, what is beyond the edge is not seen.
    if (this.#column + width > this.columns || this.#row >= this.rows) return;
    const line = this.#cells[this.#row] ?? [];
    line[this.#column] = letter;
    // A wide letter takes the next cell too.
    if (width === 2) line[this.#column + 1] = "";
    this.#column += width;
  }

  #obey(sequence: string): void {
    const [row = 1, column = 1] = sequence.slice(0, -1).split(";").map(Number);
    if (sequence.endsWith("H")) [this.#row, this.#column] = [row - 1, column - 1];
    else if (sequence === "2J") this.#cells = blank(this.columns, this.rows);
    else if (sequence === "?1049h") this.isAlternate = true;
    else if (sequence === "?1049l") this.isAlternate = false;
  }
}

const blank = (columns: number, rows: number): string[][] =>
  Array.from({ length: rows }, () => Array<string>(columns).fill(" "));
