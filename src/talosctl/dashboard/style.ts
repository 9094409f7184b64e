/** Styles by their SGR numbers (ECMA-48, 8.3.117): on, and back to what was before. */
const style = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

export const bold = style(1, 22);
export const dim = style(2, 22);
export const inverse = style(7, 27);
export const red = style(31, 39);
export const green = style(32, 39);
export const yellow = style(33, 39);

/** The text in so many columns: cut, or filled with spaces. Wide letters count as two, styles as none. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return "";
  const width = Bun.stringWidth(text);
  if (width <= columns) return text + " ".repeat(columns - width);
  // A wide letter on the edge would stand over it.
  const cut = [columns, columns - 1].map((end) => Bun.sliceAnsi(text, 0, end));
  const fitting = cut.find((part) => Bun.stringWidth(part) <= columns) ?? "";
  return fitting + " ".repeat(columns - Bun.stringWidth(fitting));
}

/** Left and right ends of a row, the left cut first. */
export function ends(left: string, right: string, columns: number): string {
  const rightWidth = Math.min(columns, Bun.stringWidth(right));
  return fit(left, columns - rightWidth) + fit(right, rightWidth);
}

/** `[||||    ]` for a share of 0 to 1. */
export function bar(share: number, columns: number): string {
  const inside = Math.max(0, columns - 2);
  const filled = Math.round(Math.min(1, Math.max(0, share)) * inside);
  const paint = share > 0.9 ? red : share > 0.7 ? yellow : green;
  return `[${paint("|".repeat(filled))}${" ".repeat(inside - filled)}]`;
}

/** What others wrote, without anything that a terminal would obey. */
export const printable = (text: string): string =>
  Bun.stripANSI(text)
    .replaceAll("\t", "    ")
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "·");
