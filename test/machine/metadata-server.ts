import { randomBytes } from "node:crypto";

/** A metadata service as EC2 has it, of version 2 alone: whoever brings no token is refused. */
export interface MetadataServer extends AsyncDisposable {
  /** What is answered, by the path after `/latest/`. */
  tell(values: Readonly<Record<string, string>>): void;
  /** How often somebody came without a token. */
  readonly refused: number;
  /** For QEMU's user network: one so wide that it holds the service's address, which leads here. */
  readonly networkOptions: readonly string[];
}

/** The machine's address in that network. */
export const instanceAddress = "169.0.0.15";

export function metadataServer(): MetadataServer {
  const token = randomBytes(16).toString("hex");
  let values: Readonly<Record<string, string>> = {};
  let refused = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url, method, headers }) {
      const path = new URL(url).pathname.replace("/latest/", "");
      const isAskedWell = headers.has("x-aws-ec2-metadata-token-ttl-seconds");
      if (path === "api/token") return new Response(token, { status: method === "PUT" && isAskedWell ? 200 : 400 });
      if (headers.get("x-aws-ec2-metadata-token") !== token) {
        refused += 1;
        return new Response("", { status: 401 });
      }
      const value = values[path];
      return value === undefined ? new Response("", { status: 404 }) : new Response(value);
    },
  });
  // QEMU runs it for each connection, which is its standard input and output; it ends when either side does.
  const relay = `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${server.port}; cat <&0 >&3 & cat <&3; kill $!'`;
  return {
    tell(told) {
      values = told;
    },
    get refused() {
      return refused;
    },
    networkOptions: [
      ...["net=169.0.0.0/8", "host=169.0.0.2", "dns=169.0.0.3", `dhcpstart=${instanceAddress}`],
      `guestfwd=tcp:169.254.169.254:80-cmd:${relay}`,
    ],
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
