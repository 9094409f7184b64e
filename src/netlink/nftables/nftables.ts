import { NetlinkSocket } from "../netlink-socket.ts";
import { netfilterFamily } from "./constants.ts";
import type { Table } from "./table.ts";
import { deleteTable, replaceTable } from "./table-requests.ts";

/**
 * The kernel's packet filter, in the network namespace of the thread that creates this. Tables are its own: others
 * can read them, and neither change nor flush them; when it is disposed of, or the process ends, they are gone.
 */
export class Nftables implements Disposable {
  readonly #socket = new NetlinkSocket(netfilterFamily);

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }

  /**
   * Makes the table be exactly so, in one step: a packet meets either all old rules or all new ones.
   * @throws NetlinkError naming the rule that the kernel refused; then everything is as it was.
   */
  replaceTable(table: Table): void {
    this.#socket.batch(replaceTable(table));
  }

  /**
   * Missing ones are fine.
   * @throws NetlinkError
   */
  deleteTable(name: string): void {
    this.#socket.batch(deleteTable(name));
  }
}
