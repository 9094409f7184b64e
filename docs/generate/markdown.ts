import { row } from "../../src/config/markdown.ts";

/** A page of the reference: Markdown, relative to docs/reference. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A table; empty columns are left out. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = headers.map((_, column) => column === 0 || rows.some((cells) => (cells[column] ?? "") !== ""));
  const visible = (cells: readonly string[]) => cells.filter((_, column) => shown[column]);
  return [headers, headers.map(() => "---"), ...rows].map((cells) => row(visible(cells))).join("\n");
}

export const code = (text: string): string => `\`${text}\``;

export const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** The anchor that GitHub gives a heading. */
export const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

export const link = (text: string, target: string): string => `[${text}](${target})`;

/** Paragraphs, tables and headings with an empty line between them. */
export const blocks = (...parts: readonly (string | undefined)[]): string =>
  `${parts.filter((part) => part !== undefined && part !== "").join("\n\n")}\n`;

/** A sentence of a description that was written as one line without a full stop. */
export const sentence = (text: string): string => (text === "" || /[.!?:`]$/.test(text) ? text : `${text}.`);
