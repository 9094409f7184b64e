import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Contents } from "../../block/contents.ts";
import type { Disk } from "../../block/disks.ts";
import { Failure } from "../../errors/failure.ts";
import { chooseDisk } from "./system-disk.ts";

const disk = (name: string, more: Partial<Disk> = {}): Disk => ({
  ...{ name, device: `/dev/${name}`, sizeBytes: 2 ** 33, readOnly: false, removable: false },
  ...more,
});
const blank: Contents = { kind: "blank" };
const looking = (contents: Record<string, Contents>) => (path: string) => contents[path] ?? blank;

test("the disk that the config names is taken, else the first blank one", () => {
  const disks = [disk("vda"), disk("vdb")];
  expect(chooseDisk(disks, { installDisk: "/dev/vdb", look: looking({}) }).disk?.name).toBe("vdb");
  const look = looking({ "/dev/vdb": { kind: "used", by: 'ext4 called "data"' } });
  expect(chooseDisk(disks, { installDisk: "/dev/vdb", look })).toEqual({
    disk: disk("vda"),
    remarks: ['/dev/vdb is left alone: it holds ext4 called "data"'],
  });
  expect(chooseDisk(disks, { installDisk: "/dev/sda", look: looking({}) })).toEqual({
    disk: disk("vda"),
    remarks: ["machine.install.disk: there is no /dev/sda"],
  });
});

test("a disk that was begun with comes before every other", () => {
  const look = looking({ "/dev/vdb": { kind: "claimed" } });
  const chosen = chooseDisk([disk("vda"), disk("vdb")], { installDisk: "/dev/vda", look });
  expect(chosen.disk?.name).toBe("vdb");
});

test("why a disk is not taken is said of each", () => {
  const disks = [
    disk("vda", { readOnly: true }),
    disk("vdb", { sizeBytes: 2 ** 30 }),
    disk("sda", { removable: true }),
    disk("vdc"),
  ];
  const look = () => {
    throw new Failure('Cannot read "/dev/vdc": EIO');
  };
  expect(chooseDisk(disks, { installDisk: undefined, look })).toEqual({
    disk: undefined,
    remarks: [
      "/dev/vda is left alone: it is read-only",
      "/dev/vdb is left alone: it has 1024 MiB, and 2151 MiB are needed",
      "/dev/sda is left alone: it can be taken along, and machine.install.disk does not name it",
      '/dev/vdc is left alone: it cannot be read: Cannot read "/dev/vdc": EIO',
    ],
  });
  expect(chooseDisk(disks, { installDisk: "/dev/sda", look: () => blank }).disk?.name).toBe("sda");
});

test("a disk with anything on it is never taken", () => {
  const contents = fc.constantFrom<Contents>(blank, { kind: "claimed" }, { kind: "used", by: "xfs" });
  const disks = fc.array(fc.record({ contents, removable: fc.boolean(), readOnly: fc.boolean() }), { maxLength: 6 });
  fc.assert(
    fc.property(disks, fc.nat(6), (all, named) => {
      const list = all.map(({ removable, readOnly }, index) => disk(`vd${index}`, { removable, readOnly }));
      const look = (path: string) => all[Number(path.slice(-1))]?.contents ?? blank;
      const chosen = chooseDisk(list, { installDisk: `/dev/vd${named}`, look }).disk;
      if (chosen === undefined) return;
      expect(look(chosen.device).kind).not.toBe("used");
      expect(chosen.readOnly).toBe(false);
    }),
  );
});
