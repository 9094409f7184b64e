import { expect, test } from "bun:test";
import { Notice } from "../../async/notice.ts";
import { Queue } from "../../async/queue.ts";
import { connect } from "../../grpc/client/connect.ts";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { createGrpcServer } from "../../grpc/server/server.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { socketPath } from "../../grpc/testing/socket-path.ts";
import { type MethodName, methods } from "../../proto/methods.ts";
import { type DashboardDevice, runDashboard } from "./run-dashboard.ts";
import { VirtualScreen } from "./testing/virtual-screen.ts";

const dead = "10.0.0.3";

/** A machine that answers for each node but the dead one. */
function answers(): Handlers {
  const unary = (name: MethodName, reply: object) => [
    name,
    implement(
      methods[name] as never,
      (async (_: unknown, call: { metadata: ReadonlyMap<string, readonly string[]> }) => {
        if (call.metadata.get("node")?.[0] === dead) throw new StatusError(Code.unavailable, `${dead} is away`);
        return reply;
      }) as never,
    ),
  ];
  const of = (message: object) => ({ messages: [message] });
  async function* log(_: unknown, { signal }: { signal: AbortSignal }) {
    yield { bytes: Buffer.from("kern: info: hello\n") };
    await new Notice().next(signal);
  }
  const noResource = async () => {
    throw new StatusError(Code.notFound, "no such resource");
  };
  return Object.fromEntries([
    unary("machine.MachineService/SystemStat", of({ boot_time: Math.floor(Date.now() / 1_000) - 60, cpu: [{}, {}] })),
    unary("machine.MachineService/LoadAvg", of({ load1: 0.5 })),
    unary("machine.MachineService/Memory", of({ meminfo: { memtotal: 1_000_000, memavailable: 250_000 } })),
    unary("machine.MachineService/NetworkDeviceStats", of({ total: { rx_bytes: 1 } })),
    unary("machine.MachineService/Processes", of({ processes: [{ pid: 1, command: "init" }] })),
    unary("machine.MachineService/ServiceList", of({ services: [{ id: "etcd", state: "Running" }] })),
    unary("machine.MachineService/Version", of({ version: { tag: "v1.12.8" } })),
    unary("machine.MachineService/Hostname", of({ hostname: "cp-1" })),
    ["cosi.resource.State/Get", implement(methods["cosi.resource.State/Get"], noResource)],
    ["machine.MachineService/Dmesg", implement(methods["machine.MachineService/Dmesg"], log)],
  ]);
}

/** A terminal in memory with somebody at it. */
class Terminal extends VirtualScreen implements DashboardDevice {
  readonly input = new Queue<string>(16);
  readonly #painted = new Notice();
  #resized: (() => void) | undefined;

  override write(text: string): void {
    super.write(text);
    this.#painted.post();
  }

  onResize(changed: () => void): void {
    this.#resized = changed;
  }

  become(columns: number, rows: number): void {
    this.resize(columns, rows);
    this.#resized?.();
  }

  async until(text: string): Promise<void> {
    while (!this.lines().some((line) => line.includes(text))) await this.#painted.next();
  }
}

test("nodes are shown as they answer, a dead one with its reason, until the user quits", async () => {
  using path = await socketPath();
  await using server = createGrpcServer({ services: answers() });
  await server.listenUnix(path.path);
  using channel = connect({ target: { unix: path.path } });
  const device = new Terminal(90, 20);
  const { signal } = new AbortController();
  const running = runDashboard({ channel, nodes: ["10.0.0.2", dead], intervalMs: 50, device, signal });
  expect(device.isAlternate).toBe(true);
  for (const text of ["cp-1 (10.0.0.2)", "● etcd", "init", "hello", `✗ ${dead}`]) await device.until(text);
  expect(device.lines()[2]).toContain("768 MB of 1.0 GB");

  device.input.push("\u001b[C");
  await device.until(`${dead} is away`);
  expect(device.lines()[0]).toEndWith("no answer");

  device.become(50, 12);
  device.input.push("h");
  await device.until("cp-1 (10.0.0.2)");
  expect(device.lines()).toHaveLength(12);

  device.input.push("q");
  await running;
  expect(device.isAlternate).toBe(false);
});
