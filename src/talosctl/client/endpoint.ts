import { isIPv6 } from "node:net";
import { Failure } from "../../errors/failure.ts";
import { apidProgram } from "../../well-known.ts";

/**
 * The host and port of an endpoint: `10.0.0.1`, `node-1:50010`, `fd00::1`, `[fd00::1]:50010`, `https://…`.
 * @throws Failure naming the text.
 */
export function parseEndpoint(text: string): { readonly host: string; readonly port: number } {
  const bare = text.replace(/^https?:\/\//, "").replace(/\/$/, "");
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(bare);
  if (bracketed) return endpoint(bracketed[1] ?? "", bracketed[2], text);
  // Without brackets the colons are the address's own.
  if (isIPv6(bare)) return endpoint(bare, undefined, text);
  const [host = "", port, more] = bare.split(":");
  return endpoint(more === undefined ? host : "", port, text);
}

function endpoint(host: string, port: string | undefined, text: string) {
  const number = port === undefined ? apidProgram.port : Number(port);
  if (host !== "" && Number.isInteger(number) && number > 0 && number < 65_536) return { host, port: number };
  throw new Failure(
    `Cannot use "${text}" as an endpoint: expected a host or address, and a port if it is not ${apidProgram.port}`,
  );
}
