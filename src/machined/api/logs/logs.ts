import { Code, StatusError } from "../../../grpc/status.ts";
import type { common, machine } from "../../../proto/index.ts";
import type { Machine } from "../../machine.ts";
import { toData } from "../files/data.ts";

/**
 * MachineService/Logs: a service's ring, from the start or its last lines, followed if asked. A request without
 * `tail_lines` carries 0 on the wire from some clients and -1 from others; both mean everything.
 */
export async function* logs(
  { logs }: Machine,
  request: machine.LogsRequest,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<common.Data.$Properties> {
  const ring = logs.get(request.id);
  if (ring === undefined) throw new StatusError(Code.notFound, `log "${request.id}" was not registered`);
  const tail = request.tail_lines > 0 ? { tailLines: request.tail_lines } : {};
  yield* toData(ring.read({ follow: request.follow, signal, ...tail }));
}

/** MachineService/LogsContainers: the ids that Logs knows. */
export const logsContainers = async ({ logs }: Machine): Promise<machine.LogsContainersResponse.$Properties> => ({
  messages: [{ ids: logs.ids() }],
});
