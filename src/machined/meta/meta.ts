import { openDevice } from "../../block/device.ts";
import { readMeta, writeMeta } from "../../block/meta/partition.ts";
import { encodeMeta } from "../../block/meta/values.ts";
import { listPartitions } from "../../block/partitions.ts";
import type { State } from "../../cosi/state.ts";
import { messageOf } from "../../errors/message.ts";
import { MetaKey } from "../../resources/runtime/meta-key.ts";
import { MetaLoad } from "../../resources/runtime/meta-load.ts";
import { isFinished } from "../boot/state-volume.ts";
import type { Log } from "../machine.ts";

export interface MetaOptions {
  readonly state: State;
  readonly log: Log;
  /** Path of the partition; undefined while there is none. */
  readonly find?: () => string | undefined;
}

/** The few values that outlive everything but a wipe of the disk: the partition META, seen as MetaKey resources. */
export class Meta {
  readonly #state: State;
  readonly #log: Log;
  readonly #find: () => string | undefined;
  readonly #values = new Map<number, Uint8Array>();
  #isStored = true;

  constructor({ state, log, find = findPartition }: MetaOptions) {
    this.#state = state;
    this.#log = log;
    this.#find = find;
  }

  /** Reads what an earlier boot has left, once. A partition that cannot be read is told, and holds nothing. */
  async load(): Promise<void> {
    try {
      for (const [tag, value] of this.#read()) {
        this.#values.set(tag, value);
        await this.#show(tag, value);
      }
    } catch (thrown) {
      this.#log("error", messageOf(thrown));
    }
    await this.#state.modify(MetaLoad, "meta-loaded", () => ({ done: true }));
  }

  /**
   * Sets a value; it is shown before this returns, and stored if there is a partition.
   * @throws Failure when META would hold too much, or cannot be written to. Nothing has changed then.
   */
  async write(tag: number, value: Uint8Array): Promise<void> {
    const wanted = new Map(this.#values).set(tag, value);
    encodeMeta(wanted); // it may be too much before there is a partition to say so
    this.#storeAll(wanted);
    this.#values.set(tag, value);
    await this.#show(tag, value);
  }

  /**
   * Removes a value; false when there is none.
   * @throws Failure when META cannot be written to. Nothing has changed then.
   */
  async delete(tag: number): Promise<boolean> {
    if (!this.#values.has(tag)) return false;
    const wanted = new Map(this.#values);
    wanted.delete(tag);
    this.#storeAll(wanted);
    this.#values.delete(tag);
    await this.#state.destroy(MetaKey, idOf(tag));
    return true;
  }

  /** There is a partition now: what was set before is stored. What goes wrong is told; the values stay in memory. */
  store(): void {
    if (this.#isStored) return;
    try {
      this.#storeAll(this.#values);
    } catch (thrown) {
      this.#log("error", messageOf(thrown));
    }
  }

  #read(): ReadonlyMap<number, Uint8Array> {
    const path = this.#find();
    if (path === undefined) return new Map();
    using device = openDevice(path);
    return readMeta(device) ?? new Map();
  }

  #storeAll(values: ReadonlyMap<number, Uint8Array>): void {
    const path = this.#find();
    this.#isStored = path !== undefined;
    if (path === undefined) return;
    using device = openDevice(path, { writable: true });
    writeMeta(device, values);
  }

  async #show(tag: number, value: Uint8Array): Promise<void> {
    const shown = { value: new TextDecoder().decode(value) };
    await this.#state.modify(MetaKey, idOf(tag), () => shown);
  }
}

/** `0x0a` */
const idOf = (tag: number): string => `0x${tag.toString(16).padStart(2, "0")}`;

const findPartition = (): string | undefined =>
  listPartitions().find((partition) => partition.label === "META" && isFinished(partition))?.device;
