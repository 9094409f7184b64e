import { expect, test } from "bun:test";
import fc from "fast-check";
import { inNetworkNamespace } from "../linux/testing/namespace.ts";
import { decodeUevent, watchUevents } from "./uevent.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("an event is its action, its object and its properties", () => {
  const event = decodeUevent(bytes("add@/module/xfs\0ACTION=add\0SUBSYSTEM=module\0A=b=c\0=x\0"));
  expect(event).toMatchObject({ action: "add", path: "/module/xfs", subsystem: "module" });
  expect([...(event?.properties ?? [])]).toEqual([
    ["ACTION", "add"],
    ["SUBSYSTEM", "module"],
    ["A", "b=c"],
  ]);
  expect(decodeUevent(bytes("libudev\0\xfe\xed"))).toBeUndefined();
});

test("any bytes are an event or none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, headed) => {
      const event = decodeUevent(headed ? Buffer.concat([bytes("change@/x\0"), noise]) : noise);
      if (headed) expect(event?.action).toBe("change");
      else expect(event === undefined || event.path.startsWith("/")).toBe(true);
    }),
  );
});

test("the kernel's events arrive, those of one subsystem", () =>
  inNetworkNamespace(async () => {
    const stopping = new AbortController();
    const signal = stopping.signal;
    const others = watchUevents({ subsystem: "module", signal });
    const events = watchUevents({ subsystem: "net", signal });
    const latest = watchUevents({ subsystem: "net", signal, limit: 1 });
    expect(Bun.spawnSync(["ip", "link", "add", "left", "type", "veth", "peer", "name", "right"]).exitCode).toBe(0);
    const names = new Set<string>();
    for await (const event of events) {
      if (event !== "lost") names.add(event.properties.get("INTERFACE") ?? "");
      if (names.has("left") && names.has("right")) break;
    }
    for await (const event of latest) {
      expect(event).toBe("lost");
      break;
    }
    stopping.abort();
    expect(await Array.fromAsync(others)).toEqual([]);
  }));
