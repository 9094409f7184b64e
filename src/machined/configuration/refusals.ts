import type { Plan } from "../../config/changes/plan.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import type { ApplyMode } from "../machine.ts";

/** Names of the modes as people type them. */
export const modeNames: Readonly<Record<ApplyMode, string>> = {
  auto: "auto",
  noReboot: "no-reboot",
  reboot: "reboot",
  staged: "staged",
  try: "try",
};

/** A wish that the machine does not fulfil, with what can be done instead. Nothing has changed then. */
const refuse = (code: Code, message: string, hint = "") => new StatusError(code, message, hint === "" ? {} : { hint });

/** The first words are those that clients of the API know. */
export const notAtOnce = ({ needReboot }: Plan, diff: string): StatusError =>
  refuse(
    Code.invalidArgument,
    `this config change can't be applied in immediate mode\n${needingReboot(needReboot)}\ndiff:\n${diff}`,
    "Use the mode auto, reboot or staged",
  );

/** `machine.env.PROXY, machine.type need a reboot` */
export const needingReboot = (changes: Plan["needReboot"]): string =>
  `${changes.map(({ path }) => path).join(", ")} ${changes.length === 1 ? "needs" : "need"} a reboot`;

export const notInMaintenance = (mode: ApplyMode): StatusError =>
  refuse(
    Code.unimplemented,
    `apply configuration --mode='${modeNames[mode]}' is not supported in maintenance mode`,
    "Use the mode auto",
  );

export const notInContainer = ({ needReboot }: Plan): StatusError =>
  refuse(
    Code.failedPrecondition,
    `Cannot apply the config with a reboot: a container is restarted by whoever runs it${
      needReboot.length === 0 ? "" : `; ${needingReboot(needReboot)}`
    }`,
    "Use the mode staged, and restart the container",
  );

export const notPartOfConfig = (): StatusError =>
  refuse(
    Code.invalidArgument,
    "the applied machine configuration doesn't contain v1alpha1 config, did you mean to patch the machine config instead?",
  );

export const notThatLong = (timeoutMs: number, maximumMs: number): StatusError =>
  refuse(
    Code.invalidArgument,
    `Cannot try the config for ${timeoutMs / 1_000} s: expected more than 0 and at most ${maximumMs / 1_000}`,
  );

export const tooMany = (waiting: number): StatusError =>
  refuse(Code.resourceExhausted, `Cannot apply the config: ${waiting} others are being applied`, "Try again later");
