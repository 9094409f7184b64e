import { expect, test } from "bun:test";
import { noRegistries, type Registries, registryEndpoints } from "./mirrors.ts";

const roots = (registry: string, registries: Registries) =>
  registryEndpoints(registry, registries).map(({ root }) => root);
const mirrored = (name: string, endpoints: string[], more = {}): Registries => ({
  ...noRegistries,
  mirrors: { [name]: { endpoints: endpoints.map((endpoint) => ({ endpoint, overridePath: false })), ...more } },
});

test("without mirrors a registry is asked itself", () => {
  expect(roots("registry.k8s.io", noRegistries)).toEqual(["https://registry.k8s.io/v2"]);
  expect(roots("docker.io", noRegistries)).toEqual(["https://registry-1.docker.io/v2"]);
  expect(roots("127.0.0.1:5000", noRegistries)).toEqual(["http://127.0.0.1:5000/v2"]);
});

test("mirrors come first, and learn whose image is meant", () => {
  const endpoints = registryEndpoints(
    "ghcr.io",
    mirrored("ghcr.io", ["http://10.0.2.2:5000/", "https://cache.test/v2"]),
  );
  expect(endpoints).toEqual([
    { root: "http://10.0.2.2:5000/v2", onBehalfOf: "ghcr.io", host: "10.0.2.2:5000" },
    { root: "https://cache.test/v2", onBehalfOf: "ghcr.io", host: "cache.test" },
    { root: "https://ghcr.io/v2", onBehalfOf: undefined, host: "ghcr.io" },
  ]);
});

test("the star is for every registry without a mirror of its own", () => {
  const registries = {
    ...noRegistries,
    mirrors: { ...mirrored("*", ["http://all"]).mirrors, ...mirrored("ghcr.io", ["http://one"]).mirrors },
  };
  expect(roots("quay.io", registries)[0]).toBe("http://all/v2");
  expect(roots("ghcr.io", registries)[0]).toBe("http://one/v2");
});

test("skipFallback leaves the registry itself out", () => {
  expect(roots("ghcr.io", mirrored("ghcr.io", ["http://one"], { skipFallback: true }))).toEqual(["http://one/v2"]);
});

test("overridePath takes the path as it is", () => {
  const mirrors = { "ghcr.io": { endpoints: [{ endpoint: "https://h/v2/proxy/ghcr", overridePath: true }] } };
  expect(roots("ghcr.io", { ...noRegistries, mirrors })[0]).toBe("https://h/v2/proxy/ghcr");
});
