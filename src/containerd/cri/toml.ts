/** What the TOML that we write consists of. */
export type TomlValue = string | number | boolean | readonly (TomlValue | TomlTable)[];
export interface TomlTable {
  readonly [key: string]: TomlValue | TomlTable;
}

/**
 * A TOML 1.0 document of a tree of tables, one `[header]` per table, keys in the order given.
 * Only what containerd's files need: no dates; tables in a list are written inline.
 */
export function renderToml(root: TomlTable): string {
  return `${renderTable(root, []).join("\n")}\n`;
}

function renderTable(table: TomlTable, path: readonly string[]): string[] {
  const lines: string[] = [];
  const tables: [string, TomlTable][] = [];
  for (const [key, value] of Object.entries(table)) {
    if (isTable(value)) tables.push([key, value]);
    else lines.push(`${renderKey(key)} = ${renderValue(value)}`);
  }
  // A table that only holds tables needs no header of its own.
  const header =
    path.length > 0 && (lines.length > 0 || tables.length === 0) ? [`[${path.map(renderKey).join(".")}]`] : [];
  return [...header, ...lines, ...tables.flatMap(([key, child]) => renderTable(child, [...path, key]))];
}

const isTable = (value: TomlValue | TomlTable): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value);

const renderKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : renderString(key));

function renderValue(value: TomlValue | TomlTable): string {
  if (typeof value === "string") return renderString(value);
  if (typeof value !== "object") return String(value);
  if (!isTable(value)) return `[${value.map(renderValue).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) => `${renderKey(key)} = ${renderValue(item)}`);
  return `{ ${entries.join(", ")} }`;
}

// JSON's escapes are TOML's, apart from DEL, which JSON leaves bare, and lone surrogates, which TOML cannot hold.
const renderString = (text: string): string => JSON.stringify(text.toWellFormed()).replaceAll("\u007f", "\\u007f");
