import { Handshake, takeLine } from "../../dbus/authentication.ts";
import { type DbusMessage, decodeMessage, encodeMessage, messageLength } from "../../dbus/message.ts";
import { Failure } from "../../errors/failure.ts";
import { close, read } from "../../linux/file-descriptor.ts";
import { watchReadable } from "../../linux/readiness.ts";
import { sendWithDescriptors } from "../../linux/unix-socket.ts";

export interface BusConnectionOptions {
  /** Of the bus, 32 hexadecimal digits. */
  readonly id: string;
  /** Of this connection, such as `:1.7`. */
  readonly name: string;
  readonly onMessage: (message: DbusMessage, connection: BusConnection) => void;
  /** Called once, with what went wrong if it was not the client's wish. */
  readonly onEnd: (connection: BusConnection, reason: unknown) => void;
}

const chunkBytes = 4_096;

/** One client of the bus. Whoever sends nonsense, or does not read what we say, is sent away. */
export class BusConnection implements Disposable {
  readonly name: string;
  readonly #options: BusConnectionOptions;
  readonly #fd: number;
  readonly #handshake: Handshake;
  readonly #watch: Disposable;
  #pending = new Uint8Array(0);
  #isFirst = true;
  #talks = false;
  #isOpen = true;
  #lastSerial = 0;

  /** @param fd a connected socket, from now on ours to close */
  constructor(fd: number, options: BusConnectionOptions) {
    this.name = options.name;
    this.#options = options;
    this.#fd = fd;
    this.#handshake = new Handshake(options.id);
    this.#watch = watchReadable(
      fd,
      () => this.#drain(),
      (thrown) => this.#end(thrown),
    );
  }

  /** @param descriptors copied to the client; ours stay ours */
  send(message: Omit<DbusMessage, "serial">, descriptors: readonly number[] = []): void {
    if (!this.#talks) return; // who has not introduced themselves hears nothing
    this.#lastSerial += 1;
    this.#put(encodeMessage({ ...message, serial: this.#lastSerial }), descriptors);
  }

  [Symbol.dispose](): void {
    this.#end(undefined);
  }

  #drain(): void {
    const chunk = new Uint8Array(chunkBytes);
    while (this.#isOpen) {
      const length = read(this.#fd, chunk);
      if (length === undefined) return;
      if (length === 0) {
        this.#end(undefined);
        return;
      }
      this.#pending = Buffer.concat([this.#pending, chunk.subarray(0, length)]);
      this.#take();
    }
  }

  /** Takes what is whole of what has come. */
  #take(): void {
    // Before its first word a client sends a zero, which once carried its credentials.
    if (this.#isFirst && this.#pending[0] === 0) this.#skip(1);
    this.#isFirst = false;
    while (this.#isOpen && !this.#talks) {
      const taken = takeLine(this.#pending);
      if (taken === undefined) return;
      this.#skip(taken.length);
      const { answer, begins = false } = this.#handshake.hear(taken.line);
      this.#talks = begins;
      if (answer !== undefined) this.#put(Buffer.from(`${answer}\r\n`), []);
    }
    while (this.#isOpen) {
      const length = messageLength(this.#pending);
      if (length === undefined || length > this.#pending.length) return;
      const message = decodeMessage(this.#pending.subarray(0, length));
      this.#skip(length);
      this.#options.onMessage(message, this);
    }
  }

  #skip(count: number): void {
    this.#pending = this.#pending.slice(count);
  }

  #put(bytes: Uint8Array, descriptors: readonly number[]): void {
    if (!this.#isOpen) return;
    try {
      const sent = sendWithDescriptors(this.#fd, bytes, descriptors);
      if (sent !== bytes.length) throw new Failure(`Cannot answer D-Bus client ${this.name}: it does not read`);
    } catch (thrown) {
      this.#end(thrown);
    }
  }

  #end(reason: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch[Symbol.dispose]();
    close(this.#fd);
    this.#options.onEnd(this, reason);
  }
}
