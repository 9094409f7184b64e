import { afterAll, expect, test } from "bun:test";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import type { machine } from "../../proto/index.ts";
import { methods } from "../../proto/methods.ts";
import { serveTestMachine } from "../testing/machine.ts";

const netstat = "machine.MachineService/Netstat";
const containers = "machine.MachineService/Containers";
const asked: machine.NetstatRequest[] = [];
const empty = { pid: 0, name: "" };

const services: Handlers = {
  [netstat]: implement(methods[netstat], async (request, call) => {
    asked.push(request);
    const [hostname = ""] = call.metadata.get("nodes") ?? call.metadata.get("node") ?? [];
    const connectrecord: machine.ConnectRecord.$Properties[] = [
      {
        ...{ l4proto: "tcp", localip: "10.0.2.15", localport: 50_000, remoteip: "10.0.2.2", remoteport: 41_234 },
        ...{ state: 1, txqueue: 12, rxqueue: 3, tr: 2, timerwhen: 1_234, retrnsmt: 1, timeout: 2, uid: 50, inode: 77 },
        process: { pid: 210, name: "apid" },
      },
      { l4proto: "udp6", localip: "::", localport: 53, remoteip: "::", state: 7, process: empty, netns: "cni-1" },
    ];
    return { messages: [{ metadata: { hostname }, connectrecord }] };
  }),
  [containers]: implement(methods[containers], async (_, call) => {
    const [hostname = ""] = call.metadata.get("nodes") ?? [];
    const common = { namespace: "k8s.io", pid: 42, network_namespace: "cni-1" };
    return {
      messages: [
        {
          metadata: { hostname },
          containers: [
            { ...common, id: "web/shop", pod_id: "web/shop" },
            { ...common, id: "web/shop:nginx", pod_id: "web/shop", network_namespace: "" },
            { ...common, id: "kube-system/proxy", pod_id: "kube-system/proxy", network_namespace: "" },
          ],
        },
      ],
    };
  }),
};
const served = await serveTestMachine({ services });
afterAll(() => served[Symbol.asyncDispose]());

const header = "NODE        Proto   Recv-Q   Send-Q   Local Address     Foreign Address   State";
const first = "10.0.2.15   tcp     3        12       10.0.2.15:50000   10.0.2.2:41234    ESTABLISHED";
const second = "10.0.2.15   udp6    0        0        :::53             :::*              ";

test("sockets are shown with their ends, and nothing for the state of those that have none", async () => {
  expect(await served.run("netstat")).toEqual({ status: 0, out: `${header}\n${first}\n${second}\n`, error: "" });
  expect(asked.at(-1)).toMatchObject({
    filter: 1,
    feature: { pid: false },
    l4proto: { tcp: true, tcp6: true, udp: true, udp6: true, udplite: false, raw6: false },
    netns: { hostnetwork: true, allnetns: false, netns: [] },
  });
});

test("more columns come when they are asked for", async () => {
  const { out } = await served.run("netstat", "-x", "-p", "-o", "-k");
  expect(out).toBe(
    [
      `${header}         Uid   Inode   PID/Program name   Pod        Timer`,
      `${first}   50    77      210/apid           -          keepalive (12.34/1/2)`,
      `${second}              0     0       -                  web/shop   off (0.00/0/0)`,
      "",
    ].join("\n"),
  );
  expect(asked.at(-1)?.netns).toMatchObject({ hostnetwork: true, allnetns: true });
});

test.each([
  [["-t"], ["tcp", "tcp6"]],
  [
    ["-t", "-w", "-4"],
    ["raw", "tcp"],
  ],
  [["-6"], ["tcp6", "udp6"]],
  [
    ["-4", "-6", "-U"],
    ["udplite", "udplite6"],
  ],
  [["-v"], ["raw", "raw6", "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6"]],
  [
    ["-v", "-4"],
    ["raw", "tcp", "udp", "udplite"],
  ],
])("%p asks for %p", async (flags, protocols) => {
  await served.run("netstat", ...flags);
  const chosen = Object.entries(asked.at(-1)?.l4proto ?? {}).flatMap(([name, isChosen]) => (isChosen ? [name] : []));
  expect(chosen.toSorted()).toEqual(protocols);
});

test.each([
  ["-l", 2],
  ["-a", 0],
])("%s asks for the filter %d", async (flag, filter) => {
  await served.run("netstat", flag);
  expect(asked.at(-1)?.filter).toBe(filter);
});

test("one pod is looked for on the nodes, and its network alone is asked for", async () => {
  const { status, out } = await served.run("netstat", "web/shop");
  expect({ status, out }).toEqual({ status: 0, out: `${header}\n${first}\n${second}\n` });
  expect(asked.at(-1)?.netns).toMatchObject({ hostnetwork: false, allnetns: false, netns: ["cni-1"] });
  const missing = await served.run("netstat", "kube-system/proxy");
  expect(missing.status).toBe(1);
  expect(missing.error).toContain('Cannot show sockets of "kube-system/proxy": no node has a pod of this name');
  expect((await served.run("netstat", "-k", "web/shop")).status).toBe(1);
});
