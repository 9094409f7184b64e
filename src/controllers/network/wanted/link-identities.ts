import type { Resource } from "../../../cosi/resource.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { LinkIdentity, Links } from "./world.ts";

/** Which links there are: the same object until one comes, goes or becomes another, whatever else happens to them. */
export class LinkIdentities {
  #latest: Links = new Map();

  of(statuses: readonly Resource<LinkStatus>[]): Links {
    const before = this.#latest;
    const now = new Map(
      statuses.map(({ metadata: { id }, spec }): [string, LinkIdentity] => {
        const [known, identity] = [before.get(id), identityOf(spec)];
        return [id, known !== undefined && Bun.deepEquals(known, identity) ? known : identity];
      }),
    );
    const isSame = now.size === before.size && now.entries().every(([id, identity]) => before.get(id) === identity);
    if (!isSame) this.#latest = now;
    return this.#latest;
  }
}

const identities = new WeakMap<LinkStatus, LinkIdentity>();

const identityOf = (status: LinkStatus): LinkIdentity => identities.getOrInsertComputed(status, identify);

const identify = (status: LinkStatus): LinkIdentity => {
  const { index, type, kind, alias, altNames, hardwareAddr, permanentAddr, pciID, driver, busPath } = status;
  return {
    ...{ index, type, kind, hardwareAddr, permanentAddr },
    ...(alias === undefined ? {} : { alias }),
    ...(altNames === undefined ? {} : { altNames }),
    ...(pciID === undefined ? {} : { pciID }),
    ...(driver === undefined ? {} : { driver }),
    ...(busPath === undefined ? {} : { busPath }),
  };
};
