import { createSocket } from "node:dgram";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

// A neighbour of the machine, in a network namespace of its own. Reads one question a line from its standard input,
// `tcp 192.0.2.10 192.0.2.1 5000`, and says what became of it: `open`, `refused` or `silent`. `keep` opens a
// connection that stays, and `echo` asks whether what is sent there comes back.

/** A packet on a veth is there in microseconds; what is dropped is repeated after a second. */
const silenceMs = 700;

let kept: Socket | undefined;

async function answer([verb, from = "", to = "", port = ""]: readonly string[]): Promise<string> {
  if (verb === "udp") return datagramTo(from, to, Number(port));
  if (verb === "echo") return echoOn(kept);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: to, port: Number(port), localAddress: from });
  socket.once("connect", () => resolve("open"));
  socket.on("error", () => resolve("refused"));
  // Where the computer was busy for so long, the answer may be here all the same.
  socket.setTimeout(silenceMs, () => setTimeout(() => resolve("silent"), 20));
  const result = await promise;
  socket.setTimeout(0);
  if (verb === "keep") kept = socket;
  else socket.destroy();
  return result;
}

function echoOn(socket: Socket | undefined): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve("silent"), silenceMs);
  socket?.once("data", () => resolve("open"));
  socket?.write("?");
  return promise.finally(() => clearTimeout(timer));
}

function datagramTo(from: string, to: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createSocket(to.includes(":") ? "udp6" : "udp4");
  const timer = setTimeout(() => resolve("silent"), silenceMs);
  socket.on("message", () => resolve("open"));
  socket.on("error", () => resolve("refused"));
  socket.bind(0, from, () => socket.send("?", port, to));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

let told = Promise.resolve();
for await (const line of createInterface({ input: process.stdin })) {
  // Questions are tried at once, and answered in their order.
  const answered = answer(line.split(" "));
  told = told.then(async () => void process.stdout.write(`${await answered}\n`));
}
await told;
process.exit(0);
