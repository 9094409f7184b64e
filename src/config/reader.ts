import type { Problem } from "./problem.ts";
import type { Position } from "./yaml.ts";

/** A field being read: knows its path, and collects what is wrong instead of stopping at the first. */
export class FieldReader {
  readonly path: string;
  readonly #problems: Problem[];

  constructor(problems: Problem[], path = "") {
    this.#problems = problems;
    this.path = path;
  }

  child(name: string): FieldReader {
    return new FieldReader(this.#problems, this.path === "" ? name : `${this.path}.${name}`);
  }

  item(index: number): FieldReader {
    return new FieldReader(this.#problems, `${this.path}[${index}]`);
  }

  error(at: Position, message: string): void {
    this.#report("error", at, message);
  }

  warn(at: Position, message: string): void {
    this.#report("warning", at, message);
  }

  #report(severity: Problem["severity"], { line, column }: Position, message: string): void {
    this.#problems.push({ severity, line, column, path: this.path, message });
  }
}
