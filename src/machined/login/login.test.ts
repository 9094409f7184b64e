import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DbusMessage, decodeMessage, encodeMessage, MessageType, messageLength } from "../../dbus/message.ts";
import type { DbusValue } from "../../dbus/value.ts";
import { close, read } from "../../linux/file-descriptor.ts";
import { untilReadable } from "../../linux/readiness.ts";
import { connectUnix, sendWithDescriptors } from "../../linux/unix-socket.ts";
import { LoginManager } from "./login-manager.ts";

const manager = "org.freedesktop.login1.Manager";
const { signal } = new AbortController();

/** A client of the bus that reads no descriptors: taking the message that brings one closes it. */
class Client implements Disposable {
  readonly #fd: number;
  #pending = Buffer.alloc(0);
  #serial = 0;

  private constructor(path: string) {
    this.#fd = connectUnix(path);
  }

  static async connect(path: string): Promise<Client> {
    const client = new Client(path);
    client.say("\0AUTH\r\n");
    expect(await client.line()).toBe("REJECTED EXTERNAL");
    client.say("AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\n");
    expect(await client.line()).toMatch(/^OK [0-9a-f]{32}$/);
    expect(await client.line()).toBe("AGREE_UNIX_FD");
    client.say("BEGIN\r\n");
    client.call("org.freedesktop.DBus", "Hello");
    expect(await client.message()).toMatchObject({
      type: MessageType.answer,
      body: [expect.stringMatching(/^:1\.\d+$/)],
    });
    return client;
  }

  say(text: string | Uint8Array): void {
    sendWithDescriptors(this.#fd, Buffer.from(text));
  }

  call(owner: string, member: string, signature?: string, ...body: readonly DbusValue[]): void {
    this.#serial += 1;
    const call = { type: MessageType.call, serial: this.#serial, path: "/", interface: owner, member };
    this.say(encodeMessage({ ...call, ...(signature !== undefined && { signature, body }) }));
  }

  inhibit(): void {
    this.call(manager, "Inhibit", "ssss", "shutdown", "kubelet", "pods end first", "delay");
  }

  async line(): Promise<string> {
    while (!this.#pending.includes("\r\n")) await this.#more();
    const end = this.#pending.indexOf("\r\n");
    const line = this.#pending.subarray(0, end).toString();
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  async message(): Promise<DbusMessage> {
    while ((messageLength(this.#pending) ?? Number.POSITIVE_INFINITY) > this.#pending.length) await this.#more();
    const length = messageLength(this.#pending) ?? 0;
    const message = decodeMessage(this.#pending.subarray(0, length));
    this.#pending = this.#pending.subarray(length);
    return message;
  }

  async ended(): Promise<void> {
    await expect(this.message()).rejects.toThrow("the end");
  }

  async #more(): Promise<void> {
    await untilReadable(this.#fd);
    const chunk = new Uint8Array(1_024);
    const length = read(this.#fd, chunk) ?? 0;
    if (length === 0) throw new Error("the end");
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(0, length)]);
  }

  [Symbol.dispose](): void {
    close(this.#fd);
  }
}

async function withLogin(work: (login: LoginManager, path: string, logged: readonly string[]) => Promise<void>) {
  const directory = mkdtempSync(join(tmpdir(), "login-"));
  const path = join(directory, "dbus/system_bus_socket");
  const logged: string[] = [];
  using login = new LoginManager((_, text) => logged.push(text), path);
  login.listen();
  try {
    await work(login, path, logged);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("whoever asked to be waited for is told of the end, and waited for", () =>
  withLogin(async (login, path) => {
    using client = await Client.connect(path);
    client.call("org.freedesktop.DBus", "AddMatch", "s", "type='signal'");
    expect(await client.message()).toMatchObject({ type: MessageType.answer });
    client.call("org.freedesktop.DBus.Properties", "Get", "ss", manager, "InhibitDelayMaxUSec");
    expect(await client.message()).toMatchObject({ body: [{ signature: "t", value: 1_200_000_000n }] });
    // Answered in order: when the second answer can be asked for, the first one holds.
    client.inhibit();
    using other = await Client.connect(path);
    let isOver = false;
    const over = login.prepareForShutdown(10_000, signal).then((waited) => {
      isOver = true;
      return waited;
    });
    expect(await other.message()).toMatchObject({ member: "PrepareForShutdown", signature: "b", body: [true] });
    expect(isOver).toBe(false);
    expect(await client.message()).toMatchObject({ signature: "h", body: [0], descriptors: 1 });
    expect(await over).toEqual([]);
  }));

test("whoever dies is not waited for, and nobody for ever", () =>
  withLogin(async (login, path) => {
    const client = await Client.connect(path);
    client.inhibit();
    using other = await Client.connect(path);
    other.call(manager, "ListInhibitors");
    expect(await other.message()).toMatchObject({ body: [[["shutdown", "kubelet", "pods end first", "delay", 0, 0]]] });
    expect(await login.prepareForShutdown(10, signal)).toEqual(["kubelet (pods end first)"]);
    client[Symbol.dispose]();
    expect(await login.prepareForShutdown(10_000, signal)).toEqual([]);
  }));

test("what we do not offer is refused by name", () =>
  withLogin(async (_, path) => {
    using client = await Client.connect(path);
    client.call("org.freedesktop.systemd1.Manager", "KillUnit", "ssi", "systemd-logind.service", "all", 1);
    const unknown = "org.freedesktop.DBus.Error.UnknownMethod";
    expect(await client.message()).toMatchObject({ type: MessageType.error, errorName: unknown });
    client.call(manager, "Inhibit", "s", "shutdown");
    expect(await client.message()).toMatchObject({ errorName: "org.freedesktop.DBus.Error.InvalidArgs" });
    client.call(manager, "Inhibit", "ssss", "shutdown", "somebody", "for ever", "block");
    expect(await client.message()).toMatchObject({ errorName: "org.freedesktop.DBus.Error.AccessDenied" });
    client.call("org.freedesktop.DBus.Properties", "Get", "ss", manager, "IdleHint");
    expect(await client.message()).toMatchObject({ errorName: "org.freedesktop.DBus.Error.UnknownProperty" });
  }));

test("whoever sends nonsense is sent away, and others stay", () =>
  withLogin(async (_, path, logged) => {
    using good = await Client.connect(path);
    using bad = await Client.connect(path);
    bad.say("this is no message at all");
    await bad.ended();
    expect(logged.join()).toContain("it names no order of bytes");
    good.call("org.freedesktop.DBus.Peer", "Ping");
    expect(await good.message()).toMatchObject({ type: MessageType.answer });
  }));
