import { afterAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { encodeFileHeader, encodePackets, LinkType } from "../../net/pcap/file.ts";
import type { machine } from "../../proto/index.ts";
import { methods } from "../../proto/methods.ts";
import { serveTestMachine } from "../testing/machine.ts";

const path = "machine.MachineService/PacketCapture";
const asked: machine.PacketCaptureRequest[] = [];
const ended = Promise.withResolvers<void>();

const question = Buffer.from("ffffffffffff52540012345608060001080006040001525400123456", "hex");
const bytes = Buffer.concat([question, Buffer.from("0a00000f0000000000000a000002", "hex")]);
const packets = [0, 1].map((seconds) => ({ seconds, nanoseconds: 0, wireLength: 60, bytes }));
const file = Buffer.concat([encodeFileHeader(LinkType.ethernet, 65_536), encodePackets(packets)]);

/** A capture of two packets, in pieces; on eth1 it goes on until the client leaves. */
const services: Handlers = {
  [path]: implement(methods[path], async function* (request, { signal }) {
    asked.push(request);
    yield { bytes: file.subarray(0, 50) };
    yield { bytes: file.subarray(50) };
    if (request.interface !== "eth1") return;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    ended.resolve();
  }),
};
const served = await serveTestMachine({ services });
const directory = await mkdtemp(join(tmpdir(), "pcap-"));
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const lines = [0, 1].map(
  (second) => `1970-01-01T00:00:0${second}.000000Z ARP who has 10.0.0.2 tell 10.0.0.15 (60 bytes)\n`,
);

test("each packet is a line", async () => {
  expect(await served.run("pcap")).toEqual({ status: 0, out: lines.join(""), error: "" });
  expect(asked.at(-1)).toMatchObject({ interface: "eth0", promiscuous: false, snap_len: 0, bpf_filter: [] });
});

test("what to capture is the machine's to know", async () => {
  await served.run("pcap", "-i", "bond0", "--promiscuous", "-s", "96", "--bpf-filter", "{ 0x6, 0, 0, 0x00040000 },\n");
  const bpf_filter = [{ op: 6, jt: 0, jf: 0, k: 0x40000 }];
  expect(asked.at(-1)).toMatchObject({ interface: "bond0", promiscuous: true, snap_len: 96, bpf_filter });
  const count = asked.length;
  expect((await served.run("pcap", "--bpf-filter", "tcp port 80")).error).toContain('"tcp port 80" is no instruction');
  expect(asked.length).toBe(count);
});

test("a file has the capture as it came, and is for its owner only", async () => {
  const output = join(directory, "eth0.pcap");
  expect(await served.run("pcap", "-o", output)).toEqual({ status: 0, out: "", error: "" });
  expect((await readFile(output)).equals(file)).toBe(true);
  expect((await stat(output)).mode & 0o777).toBe(0o600);
  const missing = await served.run("pcap", "-o", join(directory, "no", "such"));
  expect(missing).toMatchObject({ status: 1, error: expect.stringContaining("Cannot write") });
});

test("it ends after its duration, which is no failure, and the machine hears of it", async () => {
  const started = performance.now();
  expect(await served.run("tcpdump", "-i", "eth1", "--duration", "300ms")).toMatchObject({
    status: 0,
    out: lines.join(""),
  });
  expect(performance.now() - started).toBeWithin(290, 5_000);
  await ended.promise;
});

test("several machines at once are too many", async () => {
  expect((await served.run("pcap", "-n", "a,b")).error).toContain("Cannot capture packets on 2 nodes at once");
});
