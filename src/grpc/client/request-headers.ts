import type { OutgoingHttpHeaders } from "node:http2";
import { VERSION } from "../../version.ts";
import { formatTimeout } from "../timeout.ts";
import type { CallOptions } from "./channel.ts";

/** The headers that open a call. */
export function requestHeaders(path: string, { metadata = {}, timeoutMs }: CallOptions): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ":method": "POST",
    ":path": `/${path}`,
    "content-type": "application/grpc",
    te: "trailers",
    "user-agent": `machined/${VERSION}`,
  };
  if (timeoutMs !== undefined) headers["grpc-timeout"] = formatTimeout(timeoutMs);
  for (const [name, value] of Object.entries(metadata)) {
    headers[name.toLowerCase()] = typeof value === "string" ? value : [...value];
  }
  return headers;
}
