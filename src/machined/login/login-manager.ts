import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Notice } from "../../async/notice.ts";
import type { DbusMessage } from "../../dbus/message.ts";
import { MessageType } from "../../dbus/message.ts";
import { messageOf } from "../../errors/message.ts";
import { close } from "../../linux/file-descriptor.ts";
import { watchReadable } from "../../linux/readiness.ts";
import { accept, listenUnix } from "../../linux/unix-socket.ts";
import type { Log } from "../machine.ts";
import { BusConnection } from "./bus-connection.ts";
import { Inhibitor } from "./inhibitor.ts";
import { answerTo, type CallContext, loginInterface, loginPath } from "./methods.ts";

/** Where the kubelet looks for D-Bus. */
const systemBus = "/run/dbus/system_bus_socket";
/** The kubelet needs one connection; what is more is somebody's mistake. */
const maximumConnections = 16;
const maximumInhibitors = 64;

/**
 * The part of systemd's logind that the kubelet speaks with (org.freedesktop.login1, over D-Bus): it asks to be told
 * before the machine ends, and to be waited for while it ends its pods in order. There is no bus behind the socket:
 * every name is ours.
 */
export class LoginManager implements Disposable {
  readonly #log: Log;
  readonly #path: string;
  readonly #id = randomBytes(16).toString("hex");
  readonly #connections = new Set<BusConnection>();
  readonly #inhibitors = new Set<Inhibitor>();
  readonly #released = new Notice();
  #listening: Disposable | undefined;
  #lastName = 0;
  #isEnding = false;

  constructor(log: Log, path = systemBus) {
    this.#log = log;
    this.#path = path;
  }

  /** Opens the socket. @throws SyscallError */
  listen(): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o755 });
    rmSync(this.#path, { force: true });
    const fd = listenUnix(this.#path);
    const watch = watchReadable(fd, () => this.#accept(fd));
    this.#listening = {
      [Symbol.dispose]: () => {
        watch[Symbol.dispose]();
        close(fd);
      },
    };
  }

  /**
   * Says that the machine is about to end, and waits until nobody minds.
   * @returns whom it still waited for when the time was up
   */
  async prepareForShutdown(timeoutMs: number, signal: AbortSignal): Promise<readonly string[]> {
    this.#isEnding = true;
    for (const connection of this.#connections) connection.send(shutdownSignal(true));
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    while (this.#delaying().length > 0 && !patience.aborted) await this.#released.next(patience);
    return this.#delaying().map(({ inhibition: { who, why } }) => `${who} (${why})`);
  }

  [Symbol.dispose](): void {
    this.#listening?.[Symbol.dispose]();
    this.#listening = undefined;
    for (const connection of [...this.#connections]) connection[Symbol.dispose]();
    for (const inhibitor of [...this.#inhibitors]) inhibitor[Symbol.dispose]();
  }

  #delaying(): Inhibitor[] {
    return [...this.#inhibitors].filter(({ inhibition }) => inhibition.what.split(":").includes("shutdown"));
  }

  #accept(listener: number): void {
    for (let fd = accept(listener); fd !== undefined; fd = accept(listener)) {
      if (this.#connections.size >= maximumConnections) {
        close(fd);
        continue;
      }
      this.#lastName += 1;
      const connection = new BusConnection(fd, {
        ...{ id: this.#id, name: `:1.${this.#lastName}` },
        onMessage: (message, from) => this.#answer(message, from),
        onEnd: (ended, reason) => {
          this.#connections.delete(ended);
          if (reason !== undefined) this.#log("warn", `D-Bus client ${ended.name} is sent away: ${messageOf(reason)}`);
        },
      });
      this.#connections.add(connection);
    }
  }

  #answer(message: DbusMessage, connection: BusConnection): void {
    if (message.type !== MessageType.call) return; // there is nothing that we ask
    const context: CallContext = {
      name: connection.name,
      inhibitions: () => [...this.#inhibitors].map(({ inhibition }) => inhibition),
    };
    const answer = answerTo(message, context);
    const head = { replySerial: message.serial, destination: connection.name, sender: answer.sender };
    if (answer.kind === "inhibit" && this.#inhibitors.size < maximumInhibitors) {
      const hand = (end: number) =>
        connection.send({ ...head, type: MessageType.answer, signature: "h", body: [0], descriptors: 1 }, [end]);
      this.#hold(new Inhibitor(answer.inhibition, hand, (released) => this.#letGo(released)));
    } else if (answer.kind === "answer") {
      const { signature, body } = answer;
      if (message.noReply !== true) connection.send({ ...head, type: MessageType.answer, signature, body });
    } else {
      const text = answer.kind === "error" ? answer.text : "too many inhibitors";
      const errorName = answer.kind === "error" ? answer.name : "org.freedesktop.DBus.Error.LimitsExceeded";
      connection.send({ ...head, type: MessageType.error, errorName, signature: "s", body: [text] });
    }
  }

  #hold(inhibitor: Inhibitor): void {
    const { what, who, why } = inhibitor.inhibition;
    this.#inhibitors.add(inhibitor);
    this.#log("debug", `${who} delays ${what}: ${why}`);
  }

  #letGo(inhibitor: Inhibitor): void {
    this.#inhibitors.delete(inhibitor);
    if (this.#isEnding) this.#log("info", `${inhibitor.inhibition.who} is ready for the end`);
    this.#released.post();
  }
}

const shutdownSignal = (active: boolean): Omit<DbusMessage, "serial"> => ({
  ...{ type: MessageType.signal, path: loginPath, interface: loginInterface, member: "PrepareForShutdown" },
  ...{ sender: "org.freedesktop.login1", signature: "b", body: [active] },
});
