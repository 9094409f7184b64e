import type { OutgoingHttpHeaders } from "node:http2";
import { roleHeader } from "../grpc/authorize.ts";
import type { IncomingStream } from "../grpc/http2/stream-server.ts";
import type { MetadataInit } from "../grpc/metadata.ts";
import { type Metadata, metadataFromHeaders } from "../grpc/metadata.ts";
import type { Role } from "../pki/role.ts";

/** What routes a call here, and what a caller must not say about itself. */
const ours: ReadonlySet<string> = new Set(["node", "nodes", "proxyfrom", roleHeader]);

/** The caller's metadata as the next hop shall see them: with its roles, and a mark that the call was routed. */
export function forwardedMetadata(metadata: Metadata, roles: ReadonlySet<Role>, authority: string): MetadataInit {
  const kept = [...metadata].filter(([name]) => !ours.has(name));
  return { ...Object.fromEntries(kept), [roleHeader]: [...roles], proxyfrom: authority };
}

/** The same as headers of a whole request, with gRPC's own, such as the deadline. */
export function forwardedHeaders(
  { path, headers, rawHeaders }: IncomingStream,
  roles: ReadonlySet<Role>,
): OutgoingHttpHeaders {
  const grpc = Object.entries(headers).filter(([name]) => name.startsWith("grpc-") || passed.has(name));
  return {
    ":method": "POST",
    ":path": path,
    te: "trailers",
    ...Object.fromEntries(grpc),
    ...forwardedMetadata(metadataFromHeaders(rawHeaders), roles, authorityOf(headers)),
  };
}

export const authorityOf = (headers: IncomingStream["headers"]): string => headers[":authority"] ?? "unknown";

const passed: ReadonlySet<string> = new Set(["content-type", "user-agent"]);
