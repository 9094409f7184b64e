import { expect, test } from "bun:test";
import { join } from "node:path";
import { components } from "../components/components.ts";
import { toolchain } from "../components/toolchain.ts";
import { minimumGo } from "./components.ts";
import { archiveUrls, isAtLeast } from "./go.ts";

test.each([
  ["go version go1.19.8 linux/amd64", false], // Debian bookworm
  ["go version go1.24.4 linux/amd64", false], // Debian trixie
  ["go version go1.25 linux/amd64", true],
  ["go version go1.25.0 linux/amd64", true],
  ["go version go1.25.10 linux/amd64", true],
  ["go version go1.26.8 X:nodwarf5 linux/arm64", true],
  ["go version devel +b3dbb41 linux/amd64", false],
])("%s can compile a module of 1.25.0: %p", (said, expected) => {
  expect(isAtLeast(said, "1.25.0")).toBe(expected);
});

test("the pinned Go can compile every component", async () => {
  for (const { module } of components) {
    const minimum = await minimumGo(join(import.meta.dir, "../components", module));
    expect(isAtLeast(`go${toolchain.version}`, minimum)).toBe(true);
  }
});

test("the toolchain comes from the proxies of GOPROXY, or from Go's own", () => {
  const path = `golang.org/toolchain/@v/v0.0.1-go${toolchain.version}.linux-amd64.zip`;
  expect(archiveUrls(undefined, "amd64")).toEqual([`https://proxy.golang.org/${path}`]);
  expect(archiveUrls("https://a.example/go/|http://b.example,direct", "amd64")).toEqual([
    `https://a.example/go/${path}`,
    `http://b.example/${path}`,
  ]);
  expect(archiveUrls("off", "amd64")).toEqual([]);
});
