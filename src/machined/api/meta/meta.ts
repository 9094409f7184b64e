import { Code, StatusError } from "../../../grpc/status.ts";
import type { machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { refuseInContainer } from "../power/container-mode.ts";

/** MachineService/MetaWrite. */
export async function metaWrite(
  machine: Pick<Machine, "meta" | "mode">,
  { key, value }: machine.MetaWriteRequest,
): Promise<machine.MetaWriteResponse.$Properties> {
  refuseInContainer(machine);
  requireTag(key);
  await machine.meta.write(key, value);
  return { messages: [{}] };
}

/** MachineService/MetaDelete. */
export async function metaDelete(
  machine: Pick<Machine, "meta" | "mode">,
  { key }: machine.MetaDeleteRequest,
): Promise<machine.MetaDeleteResponse.$Properties> {
  refuseInContainer(machine);
  requireTag(key);
  if (!(await machine.meta.delete(key))) throw new StatusError(Code.notFound, "meta key not found");
  return { messages: [{}] };
}

/** Tags are bytes, and 0 is where META ends. */
function requireTag(key: number): void {
  if (key < 1 || key > 0xff) throw new StatusError(Code.invalidArgument, "key must be a number from 1 to 255");
}
