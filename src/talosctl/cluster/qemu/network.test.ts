import { expect, test } from "bun:test";
import { freePorts } from "../../../../test/support/free-ports.ts";
import { userNetwork } from "./network.ts";

test("a machine keeps its ports, and the one of Kubernetes above all", () => {
  const [apid = 0, trustd = 0, kubernetes = 0] = freePorts(3);
  const before = { address: "10.0.2.15", host: "127.0.0.1", ports: { apid, trustd, kubernetes } };
  expect(userNetwork.place([], before)).toEqual(before);
  const listen = (port: number) => Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
  {
    using _ = listen(apid);
    expect(userNetwork.place([], before).ports.apid).not.toBe(apid);
  }
  using _ = listen(kubernetes);
  expect(() => userNetwork.place([], before)).toThrow(`another program listens at 127.0.0.1:${kubernetes}`);
});
