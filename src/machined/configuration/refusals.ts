import type { Plan } from "../../config/changes/plan.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import type { ApplyMode } from "../machine.ts";

// A wish that the machine does not fulfil changes nothing. Messages in lower case are those that clients know.

export const notAtOnce = ({ needReboot }: Plan, diff: string): StatusError =>
  new StatusError(
    Code.invalidArgument,
    `this config change can't be applied in immediate mode\n${needingReboot(needReboot)}\ndiff:\n${diff}`,
  );

/** `machine.env.PROXY, machine.type need a reboot` */
export const needingReboot = (changes: Plan["needReboot"]): string =>
  `${changes.map(({ path }) => path).join(", ")} ${changes.length === 1 ? "needs" : "need"} a reboot`;

export const notInMaintenance = (mode: ApplyMode): StatusError =>
  new StatusError(
    Code.unimplemented,
    `apply configuration --mode='${mode === "noReboot" ? "no-reboot" : mode}' is not supported in maintenance mode`,
  );

/** Somebody was quicker: who may give a machine its first config has no say in what comes after. */
export const notFirst = (): StatusError => new StatusError(Code.permissionDenied, "not authorized");

export const notInContainer = ({ needReboot }: Plan): StatusError => {
  const why = needReboot.length === 0 ? "" : `${needingReboot(needReboot)}, and `;
  return new StatusError(
    Code.failedPrecondition,
    `Cannot apply the config with a reboot: ${why}a container is restarted by whoever runs it; stage the config`,
  );
};

export const notPartOfConfig = (): StatusError =>
  new StatusError(
    Code.invalidArgument,
    "the applied machine configuration doesn't contain v1alpha1 config, did you mean to patch the machine config instead?",
  );

export const notThatLong = (timeoutMs: number, maximumMs: number): StatusError =>
  new StatusError(
    Code.invalidArgument,
    `Cannot try the config for ${timeoutMs / 1_000} s: expected more than 0 and at most ${maximumMs / 1_000}`,
  );

export const tooMany = (waiting: number): StatusError =>
  new StatusError(Code.resourceExhausted, `Cannot apply the config: ${waiting} others are being applied; try again`);
