import type { Lease } from "./lease.ts";
import { type DhcpMessage, DhcpMessageType, encodeInet4 } from "./message.ts";
import { DhcpOption } from "./options.ts";

export interface Request {
  readonly type: keyof typeof DhcpMessageType;
  readonly hardwareAddress: Uint8Array;
  readonly transaction: number;
  readonly elapsedSeconds: number;
  /** The name of this machine, for the server to know. */
  readonly hostname?: string | undefined;
  readonly clientId?: Uint8Array | undefined;
  /** The server that is meant, where more than one may hear it. */
  readonly server?: string | undefined;
  /** The address that the message is about, while it is not ours. */
  readonly requestedAddress?: string | undefined;
  /** The address that is ours. */
  readonly heldAddress?: string | undefined;
  /** Options to be told. */
  readonly wants?: readonly number[];
}

const nowhere = "0.0.0.0";
const largestMessage = 1_500;

/** A client's message, with the options that RFC 2131 table 5 asks for. */
export function composeRequest(request: Request): DhcpMessage {
  const { type, hostname, clientId, server, requestedAddress, heldAddress, wants = [] } = request;
  const options = new Map<number, Uint8Array>();
  const put = (code: number, value: Uint8Array | undefined) => {
    if (value !== undefined) options.set(code, value);
  };
  put(DhcpOption.messageType, Uint8Array.of(DhcpMessageType[type]));
  put(DhcpOption.clientId, clientId);
  put(DhcpOption.hostname, hostname === undefined ? undefined : Buffer.from(hostname));
  put(DhcpOption.requestedAddress, requestedAddress === undefined ? undefined : encodeInet4(requestedAddress));
  put(DhcpOption.server, server === undefined ? undefined : encodeInet4(server));
  if (wants.length > 0) {
    put(DhcpOption.maximumSize, Uint8Array.of(largestMessage >> 8, largestMessage & 255));
    put(DhcpOption.parameterList, Uint8Array.from(wants));
  }
  return {
    ...{ kind: "request", transaction: request.transaction, elapsedSeconds: request.elapsedSeconds },
    // Who has no address yet, or gives it back, cannot be sent to.
    broadcast: heldAddress === undefined,
    ...{ clientAddress: heldAddress ?? nowhere, yourAddress: nowhere, relayAddress: nowhere },
    ...{ hardwareAddress: request.hardwareAddress, options },
  };
}

const always: readonly number[] = [
  DhcpOption.subnetMask,
  DhcpOption.router,
  DhcpOption.dns,
  DhcpOption.mtu,
  DhcpOption.ntp,
  DhcpOption.leaseTime,
  DhcpOption.server,
  DhcpOption.renewalTime,
  DhcpOption.rebindingTime,
  DhcpOption.domainSearch,
  DhcpOption.classlessRoutes,
];
const names: readonly number[] = [DhcpOption.hostname, DhcpOption.domain];

/** What to ask for. Some servers give a name back that they were told: it would look as if they had chosen it. */
export const wantedOptions = (withNames: boolean): readonly number[] => (withNames ? [...always, ...names] : always);

/** A lease without the names in it, or with those that were given before. */
export const withNamesOf = (lease: Lease, before: Lease | undefined): Lease => ({
  ...lease,
  ...{ hostname: before?.hostname, domain: before?.domain },
});
