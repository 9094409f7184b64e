/** What travels beside a call's messages, by lower-case name. Values of names ending in `-bin` are base64. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** Metadata as callers write it. */
export type MetadataInit = Readonly<Record<string, string | readonly string[]>>;

export const metadataFrom = (init: MetadataInit): Metadata =>
  new Map(
    Object.entries(init).map(([name, value]) => [name.toLowerCase(), typeof value === "string" ? [value] : value]),
  );

/**
 * The metadata among HTTP/2 headers: all but the pseudo headers and what gRPC itself puts there.
 * @param raw names and values in turn, as they came. The joined form of node:http2 would lose which values were one.
 */
export function metadataFromHeaders(raw: readonly string[]): Metadata {
  const metadata = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (name.startsWith(":") || isTransport(name)) continue;
    const values = metadata.get(name);
    if (values === undefined) metadata.set(name, [raw[at + 1] ?? ""]);
    else values.push(raw[at + 1] ?? "");
  }
  return metadata;
}

/** Headers that belong to the transport or to gRPC, and so to one hop. */
export const isTransport = (name: string): boolean => transport.has(name) || name.startsWith("grpc-");

const transport = new Set(["te", "content-type", "user-agent", "host", "connection", "date", "content-length"]);
