import { Code, StatusError } from "../../../grpc/status.ts";
import type { Machine } from "../../machine.ts";

/** A container has no power switch: whoever runs it stops it. */
export function refuseInContainer({ mode }: Pick<Machine, "mode">): void {
  if (mode === "container") {
    throw new StatusError(Code.failedPrecondition, "method is not supported in container mode");
  }
}
