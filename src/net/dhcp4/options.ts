/** Options we speak, RFC 2132 and its successors. */
export const DhcpOption = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  dns: 6,
  hostname: 12,
  domain: 15,
  mtu: 26,
  ntp: 42,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  server: 54,
  parameterList: 55,
  message: 56,
  maximumSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  clientId: 61,
  domainSearch: 119,
  classlessRoutes: 121,
  end: 255,
} as const;

export type DhcpOptions = ReadonlyMap<number, Uint8Array>;

const longestValue = 255;

/** Encodes options with the end mark; a value over 255 bytes is split, RFC 3396. */
export function encodeOptions(options: DhcpOptions): Uint8Array {
  const parts: number[] = [];
  for (const [code, value] of options) {
    let at = 0;
    do {
      const part = value.subarray(at, at + longestValue);
      parts.push(code, part.length, ...part);
      at += longestValue;
    } while (at < value.length);
  }
  return Uint8Array.from([...parts, DhcpOption.end]);
}

/** Reads options up to the end mark or the first that is cut off; parts of a split one are joined, RFC 3396. */
export function decodeOptions(...fields: readonly Uint8Array[]): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (const field of fields) {
    for (const [code, part] of optionsOf(field)) {
      const before = options.get(code);
      options.set(code, before === undefined ? part : Buffer.concat([before, part]));
    }
  }
  return options;
}

function* optionsOf(field: Uint8Array): Generator<[number, Uint8Array]> {
  let at = 0;
  while (at < field.length) {
    const code = field[at];
    if (code === undefined || code === DhcpOption.end) return;
    at += 1;
    if (code === DhcpOption.pad) continue;
    const length = field[at] ?? Number.POSITIVE_INFINITY;
    if (at + 1 + length > field.length) return;
    yield [code, field.subarray(at + 1, at + 1 + length)];
    at += 1 + length;
  }
}
