import { expect, test } from "bun:test";
import fc from "fast-check";
import type { FileEntry } from "./file-entry.ts";
import { readTar } from "./tar-reader.ts";
import { writeTar } from "./tar-writer.ts";

const pathOf = fc
  .array(fc.stringMatching(/^[a-zA-Zäß0-9_-]{1,60}$/), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join("/"));
const mode = fc.integer({ min: 0, max: 0o777 });
const entryOf = fc.oneof(
  fc.record({
    kind: fc.constant("file" as const),
    path: pathOf,
    mode,
    content: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => new Blob([bytes])),
  }),
  fc.record({ kind: fc.constant("directory" as const), path: pathOf, mode }),
  fc.record({ kind: fc.constant("link" as const), path: pathOf, target: pathOf }),
  fc.record({ kind: fc.constant("device" as const), path: pathOf, mode, major: fc.nat(4_000), minor: fc.nat(200_000) }),
);
const tree = fc.uniqueArray(entryOf, { selector: ({ path }) => path, maxLength: 20 });

async function archiveOf(entries: readonly FileEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(writeTar(entries))));
}

/** With contents as bytes, so that entries can be compared. */
async function comparable(entries: Iterable<FileEntry>): Promise<object[]> {
  const all = await Promise.all(
    [...entries].map(async (entry) =>
      entry.kind === "file" ? { ...entry, content: await entry.content.bytes() } : entry,
    ),
  );
  return all.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

test("what was written is read again", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (entries) => {
      expect(await comparable(readTar(await archiveOf(entries)))).toEqual(await comparable(entries));
    }),
    { numRuns: 60 },
  );
});

test("the order of entries does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (entries) => {
      expect(Buffer.from(await archiveOf(entries)).equals(await archiveOf(entries.toReversed()))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("tar itself reads what we write", async () => {
  const long = `${"deep/".repeat(30)}file`;
  const archive = await archiveOf([
    { kind: "file", path: long, mode: 0o640, content: new Blob(["hello"]) },
    { kind: "link", path: "link", target: long },
  ]);
  const child = Bun.spawn(["tar", "--list", "--verbose", "--numeric-owner"], {
    stdin: archive,
    stdout: "pipe",
    env: { TZ: "UTC" },
  });
  const lines = (await child.stdout.text()).trim().split("\n");
  expect(lines[0]).toMatch(new RegExp(`^-rw-r----- 0/0 +5 1970-01-01 00:00 ${long}$`));
  expect(lines[1]).toEndWith(`link -> ${long}`);
  expect(await child.exited).toBe(0);
});

test("a program's capabilities are kept, as the kernel keeps them with the file", async () => {
  const content = new Blob(["#!"]);
  const archive = await archiveOf([
    { kind: "file", path: "server", mode: 0o755, content, capabilities: 1 << 10 },
    { kind: "file", path: "tool", mode: 0o755, content },
  ]);
  // linux/capability.h: version 2 and "effective", permitted and inherited bits 0 to 31, the same of bits 32 to 63.
  const attribute = Buffer.from("0100000200040000000000000000000000000000", "hex");
  const record = Buffer.concat([Buffer.from(" SCHILY.xattr.security.capability="), attribute, Buffer.from("\n")]);
  expect(Buffer.from(archive).indexOf(record)).toBeGreaterThan(0);
  expect(Buffer.from(archive).lastIndexOf(record)).toBe(Buffer.from(archive).indexOf(record));
  expect([...readTar(archive)].map(({ path }) => path)).toEqual(["server", "tool"]);
});

test("we read what tar writes, in each of its forms", async () => {
  for (const format of ["ustar", "pax", "gnu"]) {
    const child = Bun.spawn(["tar", "--create", `--format=${format}`, "-C", import.meta.dir, "tar-reader.ts"], {
      stdout: "pipe",
    });
    const [entry, ...rest] = readTar(await child.stdout.bytes());
    expect(rest).toEqual([]);
    expect(entry).toMatchObject({ kind: "file", path: "tar-reader.ts" });
    if (entry?.kind === "file")
      expect(await entry.content.text()).toBe(await Bun.file(`${import.meta.dir}/tar-reader.ts`).text());
  }
});

test("damaged archives are refused, and nothing worse", async () => {
  const valid = await archiveOf([
    { kind: "file", path: "d".repeat(150), mode: 0o644, content: new Blob(["x".repeat(700)]) },
  ]);
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length), (at, byte, length) => {
      const damaged = valid.slice(0, length);
      if (at < length) damaged[at] = byte;
      try {
        for (const entry of readTar(damaged)) expect(entry.path).not.toContain("..");
      } catch (error) {
        expect((error as Error).message).toStartWith("Cannot read tar archive: ");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a path that leads out of the archive is refused", async () => {
  const archive = await archiveOf([{ kind: "file", path: "../etc/passwd", mode: 0o644, content: new Blob() }]);
  expect(() => [...readTar(archive)]).toThrow('Cannot read tar archive: the path "../etc/passwd" leads out of it');
});
