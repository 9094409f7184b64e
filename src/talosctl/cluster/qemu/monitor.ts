import { Failure } from "../../../errors/failure.ts";

const replyTimeoutMs = 5_000;
const replyLimit = 1024 * 1024;

interface Reply {
  readonly QMP?: unknown;
  readonly return?: unknown;
  readonly error?: { readonly desc?: string };
  readonly event?: string;
}

/**
 * Gives one command to a running QEMU through its monitor, in the QEMU Machine Protocol: a greeting, a handshake,
 * then one JSON object a line either way. `system_powerdown` presses the power button.
 * @param values arguments of the command, by their names.
 * @returns what the command returned.
 * @throws Failure when QEMU does not answer or refuses.
 */
export async function monitorCommand(socketPath: string, command: string, values: object = {}): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const fail = (why: string) => reject(new Failure(`Cannot ask QEMU for ${command}: ${why}`));
  let rest = "";
  const accept = (send: (line: object) => void, reply: Reply) => {
    if (reply.event !== undefined) return;
    if (reply.QMP !== undefined) return send({ execute: "qmp_capabilities", id: "handshake" });
    if (reply.error !== undefined) return fail(reply.error.desc ?? "it refused");
    if ("id" in reply && reply.id === "handshake") return send({ execute: command, arguments: values });
    resolve(reply.return);
  };
  const timer = setTimeout(() => fail(`no answer within ${replyTimeoutMs / 1_000} s`), replyTimeoutMs);
  const socket = await Bun.connect({
    unix: socketPath,
    socket: {
      data(connection, chunk) {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > replyLimit) return fail("its answer is too long");
        try {
          for (const line of lines)
            accept((message) => connection.write(`${JSON.stringify(message)}\n`), JSON.parse(line));
        } catch {
          fail("its answer is not JSON");
        }
      },
      close: () => fail("it closed the connection"),
      error: (_, cause) => fail(cause.message),
    },
  }).catch((cause) => {
    clearTimeout(timer);
    throw new Failure(`Cannot reach QEMU at "${socketPath}"`, { cause });
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.end();
  }
}
