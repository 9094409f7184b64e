import { expect, test } from "bun:test";
import fc from "fast-check";
import { diskSelector, linkSelector, outOfMemoryRanking, outOfMemoryTrigger, volumeSelector } from "./environments.ts";

test.each([
  [diskSelector, 'disk.transport == "nvme" && !system_disk && disk.size > 10u * GiB'],
  [diskSelector, "disk.symlinks.exists(s, s.startsWith('/dev/disk/by-id/')) ? disk.rotational : false"],
  [diskSelector, '"a" in disk.symlinks || glob("*x*", disk.model) // the last ones'],
  [diskSelector, "disk.secondary_disks[0] == '' || size(disk.model) > 3 || !(disk.size % 2u == 0u)"],
  [volumeSelector, "volume.type == 'xfs' && volume.partition_index == 1u && disk.readonly"],
  [linkSelector, 'mac(link.hardware_addr) == "00:11:22:33:44:55" && link.mtu >= 1500u && link.link_state'],
  [outOfMemoryTrigger, "memory_full_avg10 > 12.0 && time_since_trigger > duration('500ms')"],
  [outOfMemoryTrigger, "multiply_qos_vectors(d_qos_memory_full_total, {System: 8.0, Podruntime: 4.0,}) > 3e3"],
  [outOfMemoryRanking, "memory_max.hasValue() ? 0.0 : {Besteffort: 1.0}[class] * double(memory_current.orValue(0u))"],
] as const)("%p takes %j", (check, text) => {
  expect(check(text)).toBeUndefined();
});

test.each([
  ["disk.modle == 'x'", 'at column 1 there is no field "modle", did you mean "model"?'],
  ["dsk.size > 1u", 'at column 1 there is no name "dsk", did you mean "disk"?'],
  ["glbo('a', disk.model)", 'at column 1 there is no function "glbo", did you mean "glob"?'],
  [
    "disk.size > 10",
    'at column 1 ">" cannot take an unsigned number and a whole number; write unsigned numbers as 10u',
  ],
  ["disk.size", "it gives an unsigned number, expected true or false"],
  ["!disk.model", "at column 2 a text stands where true or false is expected"],
  ["disk.model.size > 1", 'at column 1 a text has no field "size"'],
  ["disk.readonly ? 1 : 'a'", 'at column 1 "?:" cannot take a whole number and a text'],
  ["disk.size > ", "at column 13 it ends, expected a name"],
  ["(disk.readonly", 'at column 15 it ends, expected ")"'],
  ["disk.readonly true", 'at column 15 it has "true", expected the end'],
  ["disk.model == 'x", "column 15 holds a quote that is not closed"],
  ["disk.model = 'x'", 'column 12 holds "="'],
  ["(".repeat(200), "it is nested too deeply"],
  ["!".repeat(5_000), "it is longer than 4096"],
] as const)("%p is refused with its reason", (text, reason) => {
  expect(diskSelector(text)).toBe(reason);
});

test("nothing breaks the reader of expressions", () => {
  const word = fc.constantFrom(
    ..."disk link . size ( ) [ ] { } ? : , && || ! - + 1 1u 'a' \" in true == > glob ~ 0x".split(" "),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 40 }), (words) => {
      const said = diskSelector(words.join(" "));
      expect(said === undefined || (said.length > 0 && !said.includes("undefined"))).toBeTrue();
    }),
    { numRuns: 300 },
  );
});
