import type { Report } from "../cluster/progress.ts";
import type { HealthWait } from "./wait-until-healthy.ts";

/** How a machine tells of a check: `waiting for <name>: <OK, SKIP, ... or what is missing>`. */
const line = /^waiting for (.+?): (.*)$/s;

interface Step {
  readonly name: string;
  readonly report: Report;
  readonly end: PromiseWithResolvers<void>;
  readonly shown: Promise<unknown>;
}

/**
 * Shows the checks that a machine makes, as it tells of them.
 * @throws what the stream throws; the check that was under way is shown as failed.
 */
export async function showChecks(
  messages: AsyncIterable<string>,
  { progress }: Pick<HealthWait, "progress">,
): Promise<void> {
  let step: Step | undefined;
  const begin = (name: string): Step => {
    const end = Promise.withResolvers<void>();
    let told: Report = () => undefined;
    const shown = progress.step(name, (report) => {
      told = report;
      return end.promise;
    });
    return { name, report: (detail) => told(detail), end, shown: shown.catch(() => undefined) };
  };
  try {
    for await (const message of messages) {
      const [, name, state = ""] = line.exec(message) ?? [];
      if (name === undefined) {
        progress.say(message);
        continue;
      }
      if (step?.name !== name) step = begin(name);
      if (state === "OK" || state === "SKIP") {
        step.end.resolve();
        await step.shown;
        if (state === "SKIP") progress.say("    there is none, and none is wanted");
        step = undefined;
      } else if (state !== "...") step.report(state);
    }
    step?.end.reject(new Error("the machine said no more"));
  } catch (thrown) {
    step?.end.reject(thrown);
    throw thrown;
  } finally {
    await step?.shown;
  }
}
