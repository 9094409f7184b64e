import { authorize } from "../../grpc/authorize.ts";
import { createGrpcServer } from "../../grpc/server/server.ts";
import { createTestAuthority } from "../../grpc/testing/identities.ts";
import { socketPath } from "../../grpc/testing/socket-path.ts";
import { startApid } from "../server.ts";

/** A real apid before a machine that serves no method at all: what reaches it is written down, and Unimplemented. */
export async function startIdleMachine() {
  const authority = await createTestAuthority();
  const resources = new AsyncDisposableStack();
  const reached: string[] = [];
  const count = ({ method }: { readonly method: string }) => void reached.push(method);
  const socket = resources.use(socketPath());
  const machine = resources.use(createGrpcServer({ services: {}, interceptors: [count, authorize] }));
  await machine.listenUnix(socket.path);
  const identity = { server: await authority.server(), client: await authority.client("os:impersonator") };
  const options = { identity, machineSocket: socket.path, host: "127.0.0.1", port: 0 };
  const { port } = resources.use(await startApid(options));
  return { authority, reached, port, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
