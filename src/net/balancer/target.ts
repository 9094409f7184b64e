import { addressWithPort } from "../address-with-port.ts";

/** A server that may take connections. */
export interface Target {
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.1:6443`, `[fd00::1]:6443` */
export const textOf = ({ host, port }: Target): string => addressWithPort(host, port);
