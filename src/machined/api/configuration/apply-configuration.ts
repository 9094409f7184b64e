import { ConfigFailure } from "../../../config/index.ts";
import { claimedRoles } from "../../../grpc/authorize.ts";
import type { Call } from "../../../grpc/call.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { machine } from "../../../proto/index.ts";
import type { ApplyMode, ApplyReply, ApplyRequest, Machine } from "../../machine.ts";

const Mode = machine.ApplyConfigurationRequest.Mode;
const wire: Readonly<Record<ApplyMode, machine.ApplyConfigurationRequest.Mode>> = {
  auto: Mode.AUTO,
  noReboot: Mode.NO_REBOOT,
  reboot: Mode.REBOOT,
  staged: Mode.STAGED,
  try: Mode.TRY,
};
const TRY_TIMEOUT_MS = 60_000;

/** MachineService/ApplyConfiguration: replaces the machine's config, or says what that would do. */
export async function applyConfiguration(
  { configuration }: Pick<Machine, "configuration">,
  { data, mode, dry_run, try_mode_timeout }: machine.ApplyConfigurationRequest,
  { metadata }: Pick<Call, "metadata">,
): Promise<machine.ApplyConfigurationResponse.$Properties> {
  const reply = await told(
    configuration.apply({
      text: textOf(data),
      mode: modeOf(mode),
      dryRun: dry_run,
      onlyFirst: !claimedRoles(metadata).has("os:admin"),
      tryTimeoutMs: try_mode_timeout == null ? TRY_TIMEOUT_MS : millisecondsOf(try_mode_timeout),
    }),
  );
  const { details, warnings } = reply;
  return { messages: [{ mode: wire[reply.mode], mode_details: details, warnings: [...warnings] }] };
}

function textOf(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch (cause) {
    // To read on would be to save something else than what was sent.
    throw new StatusError(Code.invalidArgument, "Cannot read the config: it is not text in UTF-8", { cause });
  }
}

function modeOf(wanted: machine.ApplyConfigurationRequest.Mode): ApplyRequest["mode"] {
  const found = Object.entries(wire).find(([, value]) => value === wanted);
  if (found === undefined)
    throw new StatusError(Code.invalidArgument, `Cannot apply the config: no mode has number ${wanted}`);
  return found[0] as ApplyMode;
}

async function told(reply: Promise<ApplyReply>): Promise<ApplyReply> {
  try {
    return await reply;
  } catch (cause) {
    if (cause instanceof ConfigFailure) throw new StatusError(Code.invalidArgument, cause.message, { cause });
    throw cause;
  }
}

const millisecondsOf = ({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number =>
  Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1e6;
