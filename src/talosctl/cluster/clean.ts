import { Failure } from "../../errors/failure.ts";
import { removeLink } from "./network/bridge.ts";

/** Undoes the steps that provisioners recorded, each `<kind> <what>`. What is gone already is no error. */
export async function clean(steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    const [kind = "", what = ""] = step.split(" ");
    const remove = kind === "link" ? removeLink : await containerRemover(kind);
    if (remove === undefined) throw new Failure(`Cannot undo "${step}": an unknown step`);
    await remove(what);
  }
}

/** Reaches for the kernel, which only Linux has: not loaded unless a container was there. */
async function containerRemover(kind: string) {
  const { removers } = await import("./container/clean.ts");
  return removers[kind];
}
