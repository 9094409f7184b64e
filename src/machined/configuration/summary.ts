import { formatDuration } from "../../clock/duration.ts";
import type { Change } from "../../config/changes/change.ts";
import type { Plan } from "../../config/changes/plan.ts";
import { needingReboot } from "./refusals.ts";

const CHANGES_LOGGED = 8;
const VALUE_LENGTH = 60;

const deeds: Readonly<Record<Plan["mode"], string>> = {
  noReboot: "Applied configuration without a reboot",
  try: "Applied configuration without a reboot",
  reboot: "Applied configuration with a reboot",
  staged: "Staged configuration to be applied after the next reboot",
};

/** What was done, as clients of the API know it; with the reason for a reboot that was not asked for. */
export function summaryOf(plan: Plan, options: { readonly tryTimeoutMs: number; readonly wasAuto: boolean }): string {
  const deed = deeds[plan.mode];
  if (plan.mode === "try") {
    const timeout = formatDuration(options.tryTimeoutMs);
    return `${deed}\nThe config is applied in 'try' mode and will be automatically reverted back in ${timeout}`;
  }
  return plan.mode === "reboot" && options.wasAuto ? `${deed}: ${needingReboot(plan.needReboot)}` : deed;
}

/** What would be done: the deed, the texts' difference, and field by field what its change does. */
export function dryRunOf(plan: Plan, diff: string): string {
  const effects = plan.changes.length === 0 ? "" : `\nChanged fields:\n${plan.changes.map(effectLine).join("\n")}`;
  const body = diff === "" ? "No changes." : diff;
  return `Dry run summary:\n${deeds[plan.mode]} (skipped in dry-run).\nConfig diff:\n\n${body}${effects}`;
}

/** The dry run on a machine that has nothing to compare with. */
export const firstDryRun = "Dry run summary:\nNode is running in maintenance mode and does not have a config yet.";

/** One line of the log: how, which fields, and what starts anew for them. */
export function logLineOf({ mode, changes, restarts }: Plan): string {
  const paths = changes.slice(0, CHANGES_LOGGED).map(({ path }) => path);
  const more = changes.length - paths.length;
  const what = paths.length === 0 ? "no field changes" : `${paths.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const anew = restarts.length === 0 ? "" : ` (restarts ${restarts.join(", ")})`;
  return `${deeds[mode].toLowerCase()}${mode === "try" ? ", to be tried" : ""}: ${what}${anew}`;
}

function effectLine({ path, before, after, effect }: Change): string {
  return `  ${path}: ${valueText(before)} → ${valueText(after)} (${effect})`;
}

function valueText(value: unknown): string {
  if (value === undefined) return "unset";
  const text = typeof value === "string" ? value.replaceAll("\n", "⏎") : JSON.stringify(value);
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text;
}
