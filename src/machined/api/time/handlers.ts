import { messageOf } from "../../../errors/message.ts";
import type { Handlers } from "../../../grpc/handler.ts";
import { implement } from "../../../grpc/implement.ts";
import { Code, StatusError } from "../../../grpc/status.ts";
import { queryTime } from "../../../net/ntp/query.ts";
import type { time } from "../../../proto/index.ts";
import { methods } from "../../../proto/methods.ts";
import { TimeServerStatus } from "../../../resources/network/time-server-status.ts";
import type { Machine } from "../../machine.ts";
import { timestamp } from "../timestamp.ts";

type Reply = time.TimeResponse.$Properties;

/** TimeService: compares this machine's clock with a time server's, without touching it. */
export function timeHandlers({ state }: Pick<Machine, "state">, query = queryTime): Handlers {
  const compare = async (server: string, signal: AbortSignal): Promise<Reply> => {
    try {
      const { localMs, remoteMs } = await query(server, { signal });
      const [localtime, remotetime] = [timestamp(new Date(localMs)), timestamp(new Date(remoteMs))];
      return { messages: [{ server, localtime, remotetime }] };
    } catch (thrown) {
      throw new StatusError(Code.unavailable, messageOf(thrown), { cause: thrown });
    }
  };
  return {
    "time.TimeService/Time": implement(methods["time.TimeService/Time"], async (_, { signal }) => {
      const servers = (await state.get(TimeServerStatus, "timeservers"))?.spec.timeServers ?? [];
      let problem: unknown = new StatusError(Code.failedPrecondition, "this machine knows no time server");
      for (const server of servers) {
        try {
          return await compare(server, signal);
        } catch (thrown) {
          problem = thrown;
        }
        if (signal.aborted) break;
      }
      throw problem;
    }),
    "time.TimeService/TimeCheck": implement(methods["time.TimeService/TimeCheck"], async ({ server }, { signal }) => {
      if (server === "") throw new StatusError(Code.invalidArgument, "the server to compare with is missing");
      return compare(server, signal);
    }),
  };
}
