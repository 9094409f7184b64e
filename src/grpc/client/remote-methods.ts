import type { Message } from "../../proto/message.ts";
import type { RemoteMethod } from "./channel.ts";

/** Makes the methods of one service, such as `etcdserverpb.KV`, by their names. */
export const remoteMethods =
  (service: string) =>
  <Q extends Message, R extends Message>(name: string, request: Q, response: R): RemoteMethod<Q, R> => ({
    path: `${service}/${name}`,
    request,
    response,
  });
