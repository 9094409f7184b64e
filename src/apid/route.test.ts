import { expect, test } from "bun:test";
import { metadataFrom } from "../grpc/metadata.ts";
import { routeOf } from "./route.ts";

const version = "/machine.MachineService/Version";
const route = (metadata: Record<string, string | string[]>, path = version) => routeOf(path, metadataFrom(metadata));

test("metadata say where a call goes", () => {
  expect(route({})).toEqual({ to: "machine" });
  expect(route({ node: "a" })).toEqual({ to: "node", node: "a" });
  expect(route({ nodes: "a" })).toEqual({ to: "nodes", nodes: ["a"] });
  expect(route({ nodes: ["a", "b, c"] })).toEqual({ to: "nodes", nodes: ["a", "b", "c"] });
});

test("what another apid has routed here stays here", () => {
  expect(route({ proxyfrom: "x", nodes: "a", node: "b" })).toEqual({ to: "machine" });
});

test("contradictions are refused", () => {
  expect(() => route({ node: ["a", "b"] })).toThrow("node metadata must be single-valued");
  expect(() => route({ node: "" })).toThrow("node metadata must be single-valued");
  for (const path of ["/cosi.resource.State/Get", "/cosi.resource.State/New"]) {
    expect(() => route({ nodes: "a" }, path)).toThrow(`one-2-many proxying is not supported for method ${path}`);
  }
});
