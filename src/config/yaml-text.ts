/**
 * A plain value as YAML in block style, four spaces a level, as the reference writes it. Our own writer, because this
 * runs for every resource of every list: it has no options, and quotes whatever YAML 1.1 or 1.2 might take for
 * anything but text. Fields that are undefined are left out.
 */
export function toYaml(value: unknown): string {
  return `${block(value, "").replace(/^\n/, "").replace(/^ /, "")}\n`;
}

const step = 4;

/** The next multiple of four, also from within a list, whose items begin two columns in. */
function deeper(indent: string): string {
  return " ".repeat(Math.floor(indent.length / step) * step + step);
}

/** What follows `key:` or `-`: a space and a scalar, or a line end and a block. */
function block(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return ` ${scalar(value, indent)}`;
  if (Array.isArray(value))
    return value.length === 0 ? " []" : value.map((item) => `\n${indent}-${nested(item, indent)}`).join("");
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (entries.length === 0) return " {}";
  return entries.map(([key, inner]) => `\n${indent}${text(key)}:${block(inner, deeper(indent))}`).join("");
}

/** An item's block begins on the line of its dash. */
function nested(item: unknown, indent: string): string {
  const inner = block(item, `${indent}  `);
  return inner.startsWith("\n") ? ` ${inner.slice(indent.length + 3)}` : inner;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value !== "string") return typeof value === "number" ? number(value) : String(value ?? null);
  return isLiteral(value) ? literal(value, indent === "" ? deeper("") : indent) : text(value);
}

function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
}

/** Text that needs no quotes, but for the words and numbers below: no indicator at its beginning, no `: ` or ` #`. */
const plain = /^[A-Za-z0-9_/.$^;(+][^\n\r\t"'#:]*(?::+[^\s:#"'][^\n\r\t"'#:]*)*$/;
const words = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?\.inf|\.nan|=|<<)$/i;
const numbers = /^[-+]?(?:0x[\da-f_]+|0o?[0-7_]+|0b[01_]+|[\d_]+\.?[\d_]*(?:e[-+]?\d+)?|\.[\d_]+(?:e[-+]?\d+)?)$/i;
/** Numbers to the base of sixty, and dates: YAML 1.1 only. */
const clocks = /^(?:[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d{1,2}-\d{1,2}(?:[tT ].*)?)$/;
const taken = [words, numbers, clocks];

function text(value: string): string {
  const isPlain = plain.test(value) && !taken.some((pattern) => pattern.test(value)) && value === value.trimEnd();
  // JSON's strings are YAML's double-quoted ones.
  return isPlain && !hasControls(value) ? value : JSON.stringify(value);
}

/** Text of several lines, if a literal block can carry it unchanged. */
function isLiteral(value: string): boolean {
  return value.includes("\n") && !hasControls(value.replaceAll("\n", "")) && !/^[\s]|[^\S\n]$|[^\S\n]\n/.test(value);
}

function literal(value: string, indent: string): string {
  const trailing = value.length - value.replace(/\n+$/, "").length;
  const chomping = trailing === 0 ? "-" : trailing === 1 ? "" : "+";
  const lines = (trailing === 0 ? value : value.slice(0, -1)).split("\n");
  return `|${chomping}\n${lines.map((line) => (line === "" ? "" : `${indent}${line}`)).join("\n")}`;
}

function hasControls(value: string): boolean {
  return /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff\t]/.test(value);
}
