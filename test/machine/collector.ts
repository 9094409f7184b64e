import { createServer, type Socket } from "node:net";

/** A log collector: everything that it was sent, one object a line. */
export interface Collector extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly Readonly<Record<string, unknown>>[];
}

/** Collects on a free port of every address of this computer. */
export async function startCollector(): Promise<Collector> {
  const received: Readonly<Record<string, unknown>>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = "";
    socket.on("error", () => undefined); // a machine that goes takes its connection with it
    socket.on("data", (bytes) => {
      const lines = `${rest}${bytes}`.split("\n");
      rest = lines.pop() ?? "";
      received.push(...lines.map((line) => JSON.parse(line)));
    });
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "0.0.0.0", resolve);
  await listening;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    received,
    async [Symbol.asyncDispose]() {
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      server.close(() => close());
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
