/** One line of the table. */
export interface SizeRow {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What takes the room, largest first, with the sum below. Sizes in MiB, one decimal. */
export function sizeTable(title: string, rows: readonly SizeRow[]): string {
  const total = { name: "total", sizeBytes: rows.reduce((sum, row) => sum + row.sizeBytes, 0) };
  const sorted = [...rows.toSorted((a, b) => b.sizeBytes - a.sizeBytes), total];
  const nameWidth = Math.max(...sorted.map(({ name }) => name.length));
  const line = ({ name, sizeBytes }: SizeRow) =>
    `  ${name.padEnd(nameWidth)} ${(sizeBytes / (1 << 20)).toFixed(1).padStart(8)} MiB`;
  return [title, ...sorted.map(line)].join("\n");
}
