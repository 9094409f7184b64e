import { afterAll, expect, test } from "bun:test";
import { Notice } from "../../async/notice.ts";
import { Queue } from "../../async/queue.ts";
import type { LogDestination } from "../../config/index.ts";
import { testConfig } from "../../config/testing.ts";
import { eventually } from "../../grpc/testing/eventually.ts";
import type { KmsgRecord } from "../../kmsg/record.ts";
import { KmsgLogConfig } from "../../resources/runtime/kmsg-log-config.ts";
import { configure, machineWith } from "../testing.ts";
import { kmsgLogConfigController } from "./kmsg-log-config.ts";
import { eventOf, kmsgLogDeliveryController } from "./kmsg-log-delivery.ts";
import { serviceLogDestinationsController } from "./service-log-destinations.ts";

const resources = new AsyncDisposableStack();
afterAll(() => resources.disposeAsync());

const kernelLogTo = (...urls: readonly string[]) =>
  [
    testConfig(),
    ...urls.map((url, index) => `apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: log-${index}\nurl: ${url}\n`),
  ].join("---\n");

test("the configuration says where the logs of services go, and without one nobody does", async () => {
  const used: (readonly LogDestination[])[] = [];
  const destinations = `    logging:
        destinations:
            - endpoint: tcp://192.0.2.4:5044
              format: json_lines
              extraTags: { rack: "7" }
            - endpoint: udp://192.0.2.5:514
              format: json_lines
`;
  const config = testConfig().replace(/^machine:\n/m, `machine:\n${destinations}`);
  await using machine = await machineWith(
    { config },
    serviceLogDestinationsController((wanted) => void used.push(wanted)),
  );
  await eventually(() => used.at(-1)?.length === 2);
  await configure(machine, testConfig());
  await eventually(() => used.at(-1)?.length === 0);
  // The same may be said again.
  expect(used.filter((wanted, index) => !Bun.deepEquals(wanted, used[index - 1]))).toEqual([
    [
      { url: "tcp://192.0.2.4:5044", tags: { rack: "7" } },
      { url: "udp://192.0.2.5:514", tags: {} },
    ],
    [],
  ]);
});

test("the kernel's argument and the documents say where its log goes, each place once", async () => {
  const config = kernelLogTo("tcp://192.0.2.4:5044/", "udp://192.0.2.5:514");
  await using machine = await machineWith({ config }, kmsgLogConfigController("tcp://192.0.2.4:5044"));
  const found = await machine.eventually(KmsgLogConfig, "kmsg-log", ({ spec }) => spec.destinations.length === 2);
  expect(found.spec.destinations.map((url) => url.replace(/\/$/, ""))).toEqual([
    "tcp://192.0.2.4:5044",
    "udp://192.0.2.5:514",
  ]);
  await using other = await machineWith({ config }, kmsgLogConfigController(undefined));
  await other.eventually(KmsgLogConfig, "kmsg-log");
  await configure(other, testConfig());
  await other.eventuallyGone(KmsgLogConfig, "kmsg-log");
});

test("the kernel's log is read while somebody wants it, each record once", async () => {
  const received: string[] = [];
  const arrived = new Notice();
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(_, bytes) {
        received.push((JSON.parse(bytes.toString()) as { msg: string }).msg);
        arrived.post();
      },
    },
  });
  resources.defer(() => socket.close());
  const kept: KmsgRecord[] = [];
  const readers = new Set<Queue<KmsgRecord>>();
  async function* read({ signal }: { readonly signal?: AbortSignal }): AsyncGenerator<KmsgRecord> {
    const queue = new Queue<KmsgRecord>(100);
    for (const record of kept) queue.push(record);
    readers.add(queue);
    signal?.addEventListener("abort", () => queue.close(), { once: true });
    yield* queue;
    readers.delete(queue);
  }
  const happens = (text: string) => {
    const record = { facility: 0, priority: 4, sequence: kept.length, timestamp: 1_000, text };
    kept.push(record);
    for (const reader of readers) reader.push(record);
  };
  const until = async (count: number) => {
    while (received.length < count) await arrived.next(AbortSignal.timeout(15_000));
  };

  happens("booting");
  const config = kernelLogTo(`udp://127.0.0.1:${socket.port}`);
  await using machine = await machineWith(
    { config },
    kmsgLogConfigController(undefined),
    kmsgLogDeliveryController({ read }),
  );
  await until(1);
  happens("running");
  await until(2);
  await configure(machine, testConfig());
  await eventually(() => readers.size === 0);
  happens("unwatched");
  await configure(machine, config);
  await until(3);
  expect(received).toEqual(["booting", "running", "unwatched"]);
});

test("a record keeps what the kernel said of it", () => {
  const record = { facility: 3, priority: 4, sequence: 9, timestamp: 1_500_250, text: "hot" };
  expect(eventOf(record, Date.UTC(2026, 0, 2, 15, 4, 5))).toEqual({
    message: "hot",
    time: "2026-01-02T15:04:06.500Z",
    level: "warn",
    fields: { facility: "daemon", seq: 9, clock: 1_500_250, priority: "warning" },
  });
});
