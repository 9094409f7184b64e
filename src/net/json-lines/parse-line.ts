import type { EventLevel, LogEvent } from "./event.ts";

const levels: readonly EventLevel[] = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"];
const isLevel = (text: string): text is EventLevel => (levels as readonly string[]).includes(text);

/** What others call them. */
const otherNames: Readonly<Record<string, EventLevel | undefined>> = Object.assign(Object.create(null), {
  warning: "warn",
  trace: "debug",
  err: "error",
});

/** Later than any log line, so that a larger number of seconds is one of milliseconds: the year 3000. */
const latestSeconds = 32_503_680_000;

/** How some loggers, ours among them, write for people: time, level, message. */
const forPeople = /^(\d{4}-\d{2}-\d{2}T\S+)[ \t]+([A-Z]+)[ \t]+(.*)$/s;
/** How others do, containerd's among them: the same by names, and then what else they know. */
const byNames = /^time="(\d{4}-\d{2}-\d{2}T[^"]+)" level=([a-z]+) msg=("(?:[^"\\]|\\.)*"|\S*)(.*)$/s;

/**
 * Reads a line that a program wrote: JSON, text, or text with JSON after it, as several loggers do. What it says of
 * time, level and message is taken over under our names; other fields of its JSON are kept.
 */
export function parseLine(line: string, now: Date): LogEvent {
  const plain = { fields: {}, ...(textEvent(line) ?? { message: line, time: now.toISOString(), level: "info" }) };
  const brace = plain.message.indexOf("{");
  const fields = brace < 0 ? undefined : objectIn(plain.message.slice(brace));
  return fields === undefined ? plain : { ...plain, ...eventOf(plain.message.slice(0, brace).trim(), { ...fields }) };
}

/** Time, level and message of a text that begins with them. */
function textEvent(line: string): Omit<LogEvent, "fields"> | undefined {
  const [, time = "", name = "", message = "", more = ""] = forPeople.exec(line) ?? byNames.exec(line) ?? [];
  const [at, level] = [rfc3339(time), levelOf(name)];
  if (at === undefined || level === undefined) return undefined;
  return { time: at, level, message: `${unquoted(message)}${more}` };
}

function unquoted(text: string): string {
  try {
    return text.startsWith('"') && text.endsWith('"') ? String(JSON.parse(text)) : text;
  } catch {
    return text; // Go quotes some characters in ways that JSON does not know
  }
}

type Fields = Record<string, unknown>;

/** @param fields those that are taken over are removed. */
function eventOf(before: string, fields: Fields): Partial<LogEvent> & { message: string } {
  const time = timeIn(fields, "time") ?? timeIn(fields, "ts");
  const level = levelIn(fields);
  const error = textIn(fields, "err");
  const parts = [before, textIn(fields, "msg")].filter((part) => part !== undefined && part !== "").join(" ");
  const message = [parts, error].filter((part) => part !== undefined && part !== "").join(": ");
  // What comes with an error is worth a look, whatever its writer thought.
  const isWorse = error !== undefined && levels.indexOf(level ?? "info") < levels.indexOf("warn");
  return {
    message,
    fields,
    ...(time === undefined ? {} : { time }),
    ...(isWorse ? { level: "warn" } : level === undefined ? {} : { level }),
  };
}

function objectIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value !== "string") return undefined;
  delete fields[name];
  return value.trim();
}

function levelIn(fields: Fields): EventLevel | undefined {
  const { level } = fields;
  const known = typeof level === "string" ? levelOf(level) : undefined;
  if (known !== undefined) delete fields.level;
  return known;
}

function levelOf(name: string): EventLevel | undefined {
  const lower = name.toLowerCase();
  return isLevel(lower) ? lower : otherNames[lower];
}

function timeIn(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  const time = typeof value === "string" ? rfc3339(value) : typeof value === "number" ? fromNumber(value) : undefined;
  if (time !== undefined) delete fields[name];
  return time;
}

/** As it was written when it is in UTC already: nanoseconds tell which of two messages was first. */
function rfc3339(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return undefined;
  return text.endsWith("Z") ? text : at.toISOString();
}

function fromNumber(value: number): string | undefined {
  const ms = value > latestSeconds ? value : value * 1_000;
  return ms > 0 && ms <= latestSeconds * 1_000 ? new Date(ms).toISOString() : undefined;
}
