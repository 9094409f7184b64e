/** Options we speak, RFC 8415 §21 and the documents of the others. */
export const Dhcp6Option = {
  clientId: 1,
  serverId: 2,
  /** Addresses that are ours for a time, IA_NA. */
  association: 3,
  address: 5,
  optionRequest: 6,
  preference: 7,
  elapsedTime: 8,
  status: 13,
  rapidCommit: 14,
  dns: 23,
  searchDomains: 24,
  sntp: 31,
  fullName: 39,
  ntp: 56,
  solicitMaximum: 82,
} as const;

export interface Dhcp6OptionValue {
  readonly code: number;
  readonly value: Uint8Array;
}

/** In order; a code may come more than once. */
export type Dhcp6Options = readonly Dhcp6OptionValue[];

const headSize = 4;

/** Codes and lengths of 16 bits each, then the value. */
export function encodeOptions(options: Dhcp6Options): Uint8Array {
  const bytes = new Uint8Array(options.reduce((sum, { value }) => sum + headSize + value.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { code, value } of options) {
    view.setUint16(at, code);
    view.setUint16(at + 2, value.length);
    bytes.set(value, at + headSize);
    at += headSize + value.length;
  }
  return bytes;
}

/** Reads options up to the first that is cut off. */
export function decodeOptions(bytes: Uint8Array): Dhcp6OptionValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const options: Dhcp6OptionValue[] = [];
  let at = 0;
  while (at + headSize <= bytes.length) {
    const end = at + headSize + view.getUint16(at + 2);
    if (end > bytes.length) break;
    options.push({ code: view.getUint16(at), value: bytes.slice(at + headSize, end) });
    at = end;
  }
  return options;
}

/** The value of the first option with that code. */
export const optionOf = (options: Dhcp6Options, code: number): Uint8Array | undefined =>
  options.find((option) => option.code === code)?.value;
