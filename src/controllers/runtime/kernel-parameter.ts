import { codeOf, messageOf } from "../../errors/message.ts";
import { parameterPath, readParameter, sameValue, writeParameter } from "../../linux/kernel-parameter.ts";

/** What became of a wish: `missing` may still come, with a module or a network link. */
export type Outcome = { readonly kind: "set" | "missing" } | { readonly kind: "failed"; readonly problem: string };

/** One parameter that we change: remembers what it was before, and gives that back. */
export class KernelParameter {
  readonly #path: string | undefined;
  #before: string | undefined;
  #touched = false;
  /** What we wrote, or found to be so already, and how the kernel shows it: lists of ports are put in order, other values rounded. */
  #written: { readonly value: string; readonly shown: string | undefined } | undefined;

  constructor(id: string) {
    this.#path = parameterPath(id);
  }

  /** The value that it had before we changed it; empty for one that cannot be read. */
  get before(): string {
    return this.#before ?? "";
  }

  /**
   * Makes it have this value. It is written only when it has another: some do something whenever they are written.
   * @param insist whether to undo what others have done to it since
   */
  set(value: string, { insist }: { readonly insist: boolean }): Outcome {
    return this.#attempt((path) => {
      if (!insist && this.#written?.value === value) return true;
      const current = this.#read(path);
      if (!this.#touched) this.#before = current;
      if (current !== undefined && sameValue(current, value)) {
        this.#written = { value, shown: current };
        return true;
      }
      if (this.#written?.value === value && this.#written.shown === current) return true;
      this.#written = undefined;
      if (!writeParameter(path, value)) return false;
      this.#touched = true;
      this.#written = { value, shown: this.#read(path) };
      return true;
    });
  }

  /** Gives back the value from before. One that is gone, or could never be read, is left. */
  restore(): Outcome {
    const before = this.#before;
    if (before === undefined || !this.#touched) return { kind: "set" };
    const outcome = this.#attempt((path) => writeParameter(path, before));
    return outcome.kind === "missing" ? { kind: "set" } : outcome;
  }

  #attempt(action: (path: string) => boolean): Outcome {
    if (this.#path === undefined) return { kind: "failed", problem: "the name leads out of the kernel's parameters" };
    try {
      return { kind: action(this.#path) ? "set" : "missing" };
    } catch (thrown) {
      return { kind: "failed", problem: problemOf(thrown) };
    }
  }

  /** Undefined for one that is missing or cannot be read: writing tells which. */
  #read(path: string): string | undefined {
    try {
      return readParameter(path);
    } catch (thrown) {
      if (codeOf(thrown) === undefined) throw thrown;
      return undefined;
    }
  }
}

function problemOf(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === "EINVAL" || code === "ERANGE") return `the kernel does not take this value (${code})`;
  if (code === "EISDIR") return "it is a group of parameters, name one of them";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return `it cannot be written (${code})`;
  return messageOf(thrown);
}
