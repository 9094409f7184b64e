/** Words for people as Markdown shows them: what stands in angle brackets is no tag. Code stays as it is. */
export const plain = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "&lt;") : part))
    .join("");

/** A row of a table. */
export const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => plain(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
