import { Failure } from "../../errors/failure.ts";

const maximumLength = 256;
/**
 * How often, as a power of two, an id may be looked at: a repetition multiplies the work by the length of the id, as
 * does a beginning that may be anywhere, and a choice doubles it.
 */
const maximumWork = 24;
const workOf = { repetition: 8, choice: 1 } as const;

/**
 * Refuses regular expressions that could keep PID 1 busy. JavaScript's engine backtracks: what is linear in the
 * clients' engine (RE2) can take for ever here. So: no repeated groups, no references, no looking around, and few
 * repetitions and choices. What people write to select ids passes.
 * @throws Failure naming the pattern
 */
export function checkPattern(source: string): void {
  const refuse = (reason: string) =>
    new Failure(`Cannot select by ids: "${source.slice(0, maximumLength)}": ${reason}`);
  if (source.length > maximumLength) throw refuse(`the pattern is longer than ${maximumLength} characters`);
  // Escaped characters and classes stand for one character each, whatever is in them.
  const outline = source
    .replace(/\\[1-9k]/g, "\u0001")
    .replace(/\\./g, "x")
    .replace(/\[[^\]]*\]/g, "x");
  if (outline.includes("\u0001")) throw refuse("the pattern refers back to a group");
  if (/\(\?[=!<]/.test(outline)) throw refuse("the pattern looks ahead or behind");
  if (/\)[*+{]/.test(outline)) throw refuse("the pattern repeats a group");
  // Of several alternatives, one may be anywhere though another begins the pattern.
  const anywhere = outline.startsWith("^") && !outline.includes("|") ? 0 : 1;
  const repetitions = (outline.match(/[*+]|\{\d*,?\d*\}/g)?.length ?? 0) + anywhere;
  const choices = outline.match(/[?|]/g)?.length ?? 0;
  if (repetitions * workOf.repetition + choices * workOf.choice > maximumWork) {
    throw refuse("the pattern has too many repetitions and choices");
  }
}
