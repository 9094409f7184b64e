/** `10.0.2.15:53`, `[fe80::1]:53`; a host may also be a name. */
export const addressWithPort = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** The two of what `addressWithPort` made. */
export function splitAddressAndPort(text: string): { readonly address: string; readonly port: number } {
  const at = text.lastIndexOf(":");
  return { address: text.slice(0, at).replace(/^\[(.*)\]$/, "$1"), port: Number(text.slice(at + 1)) };
}
