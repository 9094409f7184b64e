import { Failure } from "../errors/failure.ts";
import { type DerElement, DerTag, der } from "./der.ts";

const utc = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const generalized = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** A validity bound: UTCTime until 2049, GeneralizedTime after it (RFC 5280, 4.1.2.5). Whole seconds. */
export function encodeTime(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? der(DerTag.utcTime, Buffer.from(digits.slice(2)))
    : der(DerTag.generalizedTime, Buffer.from(digits));
}

/** @throws Failure when the text is not a time as RFC 5280 has it. */
export function readTime({ tag, contents }: DerElement): Date {
  const text = Buffer.from(contents).toString("latin1");
  const match = (tag === DerTag.utcTime ? utc : tag === DerTag.generalizedTime ? generalized : /^$/).exec(text);
  const [year = Number.NaN, month = 1, ...rest] = match?.slice(1).map(Number) ?? [];
  // Two-digit years pivot at 50.
  const fullYear = tag === DerTag.utcTime ? year + (year < 50 ? 2000 : 1900) : year;
  const [day = 1, hour = 0, minute = 0, second = 0] = rest;
  const date = new Date(Date.UTC(fullYear, month - 1, day, hour, minute, second));
  if (Number.isNaN(date.getTime())) throw new Failure(`Cannot read time: ${JSON.stringify(text)} is not a date`);
  return date;
}
