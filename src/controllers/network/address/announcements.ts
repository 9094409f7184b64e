import { announceAddress } from "../../../netlink/announce-address.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";

/**
 * One packet may get lost, and whoever missed it would go on to send to the machine that had the address before.
 * RFC 4861 §7.2.6 allows three, at least a second apart; RFC 5227 §2.3 asks for two.
 */
const times = 3;
const intervalMs = 1_000;

/** Tells neighbours where addresses are now: some times, and for as long as the address is there. */
export class Announcements implements Disposable {
  readonly #underWay = new Map<string, Timer>();

  [Symbol.dispose](): void {
    for (const id of this.#underWay.keys()) this.stop(id);
  }

  /** Begins anew if it is under way. @param id by which to stop it */
  start(id: string, { index, hardwareAddress }: Pick<Link, "index" | "hardwareAddress">, address: string): void {
    this.stop(id);
    if (hardwareAddress === "") return;
    let left = times;
    const tell = () => {
      announceAddress(index, hardwareAddress, address);
      left -= 1;
      if (left > 0) this.#underWay.set(id, setTimeout(tell, intervalMs));
      else this.#underWay.delete(id);
    };
    tell();
  }

  /** The address is gone. */
  stop(id: string): void {
    clearTimeout(this.#underWay.get(id));
    this.#underWay.delete(id);
  }
}
