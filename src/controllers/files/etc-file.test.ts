import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { runtimeWith } from "../../cosi/testing.ts";
import { inMountNamespace } from "../../linux/testing/namespace.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { EtcFileStatus } from "../../resources/files/etc-file-status.ts";
import { etcFileController } from "./etc-file.ts";
import { replaceContent } from "./replace-content.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (text: string) => ({ contents: bytes(text), mode: 0o640, selinux_label: "" });

test("a file shows over its placeholder, follows its spec in place, and cannot be written", () =>
  inMountNamespace(async () => {
    const root = mkdtempSync(join(tmpdir(), "etc-"));
    const etc = join(root, "etc");
    mkdirSync(join(etc, "cri/conf.d"), { recursive: true });
    writeFileSync(join(etc, "hosts"), "placeholder");
    await using runtime = await runtimeWith(etcFileController({ shadow: join(root, "shadow"), etc }));
    await runtime.state.create(EtcFileSpec, "hosts", file("one\n"));
    await runtime.state.create(EtcFileSpec, "cri/conf.d/hosts/ghcr.io/hosts.toml", file("x = 1\n"));
    await runtime.eventually(EtcFileStatus, "hosts");
    await runtime.eventually(EtcFileStatus, "cri/conf.d/hosts/ghcr.io/hosts.toml");
    expect(readFileSync(join(etc, "hosts"), "utf8")).toBe("one\n");
    expect(readFileSync(join(etc, "cri/conf.d/hosts/ghcr.io/hosts.toml"), "utf8")).toBe("x = 1\n");
    expect(() => writeFileSync(join(etc, "hosts"), "no")).toThrow("EROFS");

    const before = statSync(join(etc, "hosts")).ino;
    await runtime.state.modify(EtcFileSpec, "hosts", () => file("two, longer\n"));
    await runtime.eventually(EtcFileStatus, "hosts", ({ spec }) => spec.specVersion === "2");
    expect(readFileSync(join(etc, "hosts"), "utf8")).toBe("two, longer\n");
    expect(statSync(join(etc, "hosts")).ino).toBe(before);

    await runtime.state.destroy(EtcFileSpec, "cri/conf.d/hosts/ghcr.io/hosts.toml");
    await runtime.eventuallyGone(EtcFileStatus, "cri/conf.d/hosts/ghcr.io/hosts.toml");
    expect(existsSync(join(etc, "cri/conf.d/hosts/ghcr.io/hosts.toml"))).toBe(false);
  }));

test("content is replaced exactly, longer or shorter, with its mode", () => {
  const path = join(mkdtempSync(join(tmpdir(), "replace-")), "file");
  fc.assert(
    fc.property(fc.uint8Array({ max: 2, maxLength: 300 }), (content) => {
      replaceContent(path, content, 0o604);
      expect(Buffer.compare(readFileSync(path), content)).toBe(0);
      expect(statSync(path).mode & 0o777).toBe(0o604);
    }),
  );
});
