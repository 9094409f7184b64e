import { Failure } from "../../errors/failure.ts";
import { Errno } from "../../linux/errno.ts";
import { type Attribute, Attributes, encodeAttributes } from "../attribute.ts";
import type { NetlinkMessage } from "../message.ts";
import { NetlinkError } from "../netlink-error.ts";
import { NetlinkSocket } from "../netlink-socket.ts";
import { Control, ControlAttribute, ControlGroup, genericHeader, genericProtocol } from "./constants.ts";

export interface GenericRequest {
  readonly command: number;
  /** Of the family's protocol: mostly 1. */
  readonly version: number;
  /** MessageFlag values beyond the ones every request has. */
  readonly flags?: number;
  readonly attributes: readonly Attribute[];
  /** What the request is for, when it fails: `Cannot set the keys of wg0`. */
  readonly describe: () => string;
}

/**
 * A family of generic netlink, <linux/genetlink.h>: a part of the kernel that is known by its name (`ethtool`,
 * `wireguard`) and gets a number when it is loaded. Belongs to the network namespace of the thread that opens it.
 */
export class GenericFamily implements Disposable {
  readonly name: string;
  readonly id: number;
  readonly #socket: NetlinkSocket;
  readonly #groups: ReadonlyMap<string, number>;

  private constructor(name: string, socket: NetlinkSocket) {
    this.name = name;
    this.#socket = socket;
    const family = lookUp(socket, name);
    this.id = family.short(ControlAttribute.familyId) ?? 0;
    this.#groups = new Map(
      family
        .elements(ControlAttribute.groups)
        .map((group): [string, number] => [group.text(ControlGroup.name) ?? "", group.number(ControlGroup.id) ?? 0]),
    );
  }

  /** @throws Failure when the kernel has no such family: the module that brings it is not loaded. */
  static open(name: string): GenericFamily {
    const socket = new NetlinkSocket(genericProtocol);
    try {
      return new GenericFamily(name, socket);
    } catch (thrown) {
      socket[Symbol.dispose]();
      throw thrown;
    }
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /**
   * Asks for one thing or a change. @returns the attributes of what the kernel answers, if it answers more than "done"
   * @throws NetlinkError with the kernel's explanation
   */
  request(request: GenericRequest): Attributes[] {
    return bodies(this.#socket.request(encode(this.id, request)));
  }

  /** Asks for all of a kind. @throws NetlinkError */
  dump(request: GenericRequest): Attributes[] {
    return bodies(this.#socket.dump(encode(this.id, request)));
  }

  /** The number of a multicast group, for `listen`. @throws Failure when the family has no such group */
  groupId(name: string): number {
    const id = this.#groups.get(name);
    if (id === undefined) throw new Failure(`Cannot listen to ${this.name}: it has no group "${name}"`);
    return id;
  }
}

function lookUp(socket: NetlinkSocket, name: string): Attributes {
  const describe = () => `Cannot find the netlink family "${name}"`;
  const { id, getFamily: command, version } = Control;
  try {
    const request = { command, version, attributes: [[ControlAttribute.familyName, name]], describe } as const;
    const [family] = bodies(socket.request(encode(id, request)));
    if (family !== undefined) return family;
  } catch (thrown) {
    if (!(thrown instanceof NetlinkError && thrown.errno === Errno.ENOENT)) throw thrown;
  }
  throw new Failure(`Cannot use the netlink family "${name}": no such family`, {
    hint: "Build the kernel with it, or load its module first",
  });
}

const encode = (type: number, { command, version, flags = 0, attributes, describe }: GenericRequest) => ({
  type,
  flags,
  body: Buffer.concat([genericHeader.encode({ command, version }), encodeAttributes(attributes)]),
  describe,
});

const bodies = (messages: readonly NetlinkMessage[]): Attributes[] =>
  messages.map(({ body }) => new Attributes(body, genericHeader.size));
