import { afterAll, expect, test } from "bun:test";
import { Notice } from "../../async/notice.ts";
import { createLogStore } from "./log-store.ts";
import { ServiceLines } from "./service-lines.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

type Message = Readonly<Record<string, unknown>>;

async function collector() {
  const received: Message[] = [];
  const arrived = new Notice();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(_, bytes) {
        received.push(JSON.parse(bytes.toString()) as Message);
        arrived.post();
      },
    },
  });
  resources.defer(() => socket.close());
  const until = async (count: number): Promise<readonly Message[]> => {
    while (received.length < count) await arrived.next(AbortSignal.timeout(15_000));
    return received;
  };
  return { received, until, url: `udp://127.0.0.1:${socket.port}` };
}

function store() {
  const lines = new ServiceLines(() => {});
  resources.defer(() => lines.use([]));
  const logs = createLogStore({ onWrite: (id, bytes) => lines.write(id, bytes) });
  return { lines, write: (id: string, text: string) => logs.open(id).write(new TextEncoder().encode(text)) };
}

test("lines of the time before the configuration are sent too, with service and tags", async () => {
  const { lines, write } = store();
  const to = await collector();
  write("etcd", '{"level":"warn","ts":"2026-01-02T03:04:05.678901Z","msg":"slow","took":"2s"}\nplain');
  write("kubelet", "I0102 started\r\n\n");
  lines.use([{ url: to.url, tags: { rack: "7" } }]);
  write("etcd", " and more\n");
  const [first, second, third] = await to.until(3);
  expect(first).toEqual({
    took: "2s",
    "talos-service": "etcd",
    msg: "slow",
    "talos-time": "2026-01-02T03:04:05.678901Z",
    "talos-level": "warn",
    rack: "7",
  });
  expect([second?.msg, second?.["talos-service"]]).toEqual(["I0102 started", "kubelet"]);
  expect([third?.msg, third?.["talos-service"]]).toEqual(["plain and more", "etcd"]);
});

test("collectors change while the machine runs; a new one gets what the others have", async () => {
  const { lines, write } = store();
  const [one, two] = [await collector(), await collector()];
  lines.use([{ url: one.url, tags: {} }]);
  write("apid", "first\n");
  await one.until(1);
  lines.use([one, two].map(({ url }) => ({ url, tags: {} })));
  write("apid", "second\n");
  await one.until(2);
  expect((await two.until(2)).map(({ msg }) => msg)).toEqual(["first", "second"]);
  lines.use([{ url: two.url, tags: {} }]);
  write("apid", "third\n");
  await two.until(3);
  expect(one.received).toHaveLength(2);
});

test("a collector that gets other tags does not get everything again", async () => {
  const { lines, write } = store();
  const to = await collector();
  lines.use([{ url: to.url, tags: {} }]);
  write("apid", "first\n");
  await to.until(1);
  lines.use([{ url: to.url, tags: { rack: "7" } }]);
  write("apid", "second\n");
  const messages = await to.until(2);
  expect(messages.map(({ msg, rack }) => [msg, rack])).toEqual([
    ["first", undefined],
    ["second", "7"],
  ]);
});

test("without collectors nothing is kept", async () => {
  const { lines, write } = store();
  lines.use([]);
  write("apid", "unheard\n");
  const to = await collector();
  lines.use([{ url: to.url, tags: {} }]);
  write("apid", "heard\n");
  expect((await to.until(1))[0]?.msg).toBe("heard");
});

test("a line without an end is cut, and characters in pieces come together", async () => {
  const { lines } = store();
  const to = await collector();
  lines.use([{ url: to.url, tags: {} }]);
  lines.write("x", new TextEncoder().encode("a".repeat(20_000)));
  const [e1, e2] = new TextEncoder().encode("é");
  lines.write("x", Uint8Array.of(e1 ?? 0));
  lines.write("x", Uint8Array.of(e2 ?? 0, 0x0a));
  const [cut, next] = await to.until(2);
  expect(String(cut?.msg)).toHaveLength(16 * 1_024);
  expect(next?.msg).toBe("é");
});
