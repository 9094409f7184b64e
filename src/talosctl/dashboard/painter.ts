/** Where a dashboard is shown. */
export interface Device {
  /** Size in columns and rows, as it is now. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
}

const control = (sequence: string) => `\u001b[${sequence}`;
/** The alternate screen, so that what was there before comes back; without a cursor, and without wrapping. */
const enter = control("?1049h") + control("?25l") + control("?7l") + control("2J");
const leave = control("?7h") + control("?25h") + control("?1049l");
const resetStyle = control("0m");

/** Paints rows on a terminal: of each picture only those that differ from the one before. */
export class Painter implements Disposable {
  readonly #device: Device;
  #shown: readonly string[] = [];
  #columns = 0;

  constructor(device: Device) {
    this.#device = device;
    device.write(enter);
  }

  /** @param rows each as wide as the screen, as many as it has. */
  paint(rows: readonly string[]): void {
    const { columns } = this.#device.size();
    const isResized = columns !== this.#columns || rows.length !== this.#shown.length;
    const changes = rows.flatMap((row, index) =>
      isResized || row !== this.#shown[index] ? [`${control(`${index + 1};1H`)}${row}${resetStyle}`] : [],
    );
    this.#shown = rows;
    this.#columns = columns;
    if (changes.length > 0) this.#device.write((isResized ? control("2J") : "") + changes.join(""));
  }

  [Symbol.dispose](): void {
    this.#device.write(leave);
  }
}
