import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Failure } from "../../src/errors/failure.ts";
import { writeCpio } from "./cpio.ts";
import { readElf } from "./elf.ts";
import { readModinfo } from "./modinfo.ts";

describe("cpio", () => {
  test("has the form of the kernel's documentation", async () => {
    const archive = Buffer.concat(
      await Array.fromAsync(
        writeCpio([
          { kind: "device", path: "dev/null", mode: 0o666, major: 1, minor: 3 },
          { kind: "file", path: "a", mode: 0o755, content: new Blob(["12345"]) },
        ]),
      ),
    ).toString("latin1");
    const zeros = (count: number) => "00000000".repeat(count);
    expect(archive.slice(0, 112)).toBe(
      `07070100000001000081ed${zeros(2)}00000001${zeros(1)}00000005${zeros(4)}00000002${zeros(1)}a\0`,
    );
    expect(archive.slice(112, 120)).toBe("12345\0\0\0");
    expect(archive.slice(120)).toStartWith(
      `07070100000002000021b6${zeros(2)}00000001${zeros(4)}000000010000000300000009${zeros(1)}dev/null\0`,
    );
    expect(archive).toEndWith("TRAILER!!!\0\0\0\0");
    expect(archive.length % 4).toBe(0);
  });
});

describe("elf", () => {
  test("says what a program needs as readelf does", async () => {
    const { needed, interpreter } = readElf(await Bun.file(process.execPath).bytes());
    const child = Bun.spawn(["readelf", "--dynamic", "--program-headers", "--wide", process.execPath], {
      stdout: "pipe",
    });
    const text = await child.stdout.text();
    expect(needed).toEqual([...text.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1] ?? ""));
    expect(interpreter).toBe(/program interpreter: (.*)\]/.exec(text)?.[1]);
  });

  test("damaged files are refused, and nothing worse", async () => {
    const start = new Uint8Array(await Bun.file("/bin/true").arrayBuffer());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1_200), fc.nat(255)), { maxLength: 8 }),
        fc.nat(start.length),
        (changes, length) => {
          const damaged = start.slice(0, length);
          for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
          try {
            expect(readElf(damaged).needed).toBeArray();
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("modinfo", () => {
  /** A relocatable object with one section, small enough to read. */
  function objectWith(section: string, content: string): Uint8Array {
    const names = `\0${section}\0.names\0`;
    const bytes = Buffer.alloc(64 + content.length + names.length + 3 * 64);
    bytes.write("\x7fELF", "latin1");
    bytes.write(content + names, 64, "latin1");
    const table = 64 + content.length + names.length;
    bytes.writeBigUInt64LE(BigInt(table), 40);
    for (const [offset, value] of [
      [58, 64],
      [60, 3],
      [62, 2],
    ] as const)
      bytes.writeUInt16LE(value, offset);
    const header = (index: number, name: number, start: number, size: number) => {
      bytes.writeUInt32LE(name, table + index * 64);
      bytes.writeBigUInt64LE(BigInt(start), table + index * 64 + 24);
      bytes.writeBigUInt64LE(BigInt(size), table + index * 64 + 32);
    };
    header(1, 1, 64, content.length);
    header(2, section.length + 2, 64 + content.length, names.length);
    return bytes;
  }

  test("reads pairs, and all of a key that repeats", () => {
    const text = "license=GPL\0alias=pci:v1*\0depends=net_failover,failover\0alias=pci:v2*=x\0";
    const info = readModinfo(objectWith(".modinfo", text));
    expect(info.get("depends")).toEqual(["net_failover,failover"]);
    expect(info.get("license")).toEqual(["GPL"]);
    expect(info.get("alias")).toEqual(["pci:v1*", "pci:v2*=x"]);
  });

  test("an object without the section is no module", () => {
    expect(() => readModinfo(objectWith(".comment", "x=y\0"))).toThrow(
      "Cannot read kernel module: it has no .modinfo section",
    );
  });
});
