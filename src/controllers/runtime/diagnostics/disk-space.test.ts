import { expect, test } from "bun:test";
import { runtimeWith } from "../../../cosi/testing.ts";
import { Diagnostic } from "../../../resources/runtime/diagnostic.ts";
import { Service } from "../../../resources/v1alpha1/service.ts";
import { diskSpaceController } from "./disk-space.ts";

const mebibyte = 2 ** 20;
const xfs = 0x58465342;

const sizeBytes = 10_000 * mebibyte;

test("a full disk is told when a service goes down, and no more when there is space", async () => {
  let availableBytes = 9_000 * mebibyte;
  const space = () => ({ type: xfs, sizeBytes, availableBytes, files: 1_000, freeFiles: 1_000 });
  await using machine = await runtimeWith(diskSpaceController({ space, againMs: 5 }));
  const etcd = (healthy: boolean) =>
    machine.state.modify(Service, "etcd", () => ({ running: healthy, healthy, unknown: false }));
  await etcd(true);
  await machine.state.create(Service, "apid", { running: true, healthy: true, unknown: false });
  availableBytes = 3 * mebibyte;
  await etcd(false);
  const { spec } = await machine.eventually(Diagnostic, "disk-full");
  expect(spec.message).toBe("the disk is full: /var");
  expect(spec.details.slice(0, 2)).toEqual(["3 MiB are left", "not well: etcd"]);
  availableBytes = 900 * mebibyte;
  await machine.eventuallyGone(Diagnostic, "disk-full");
});

test("what fills up while everything goes on is told, too, in time for the kubelet", async () => {
  let availableBytes = 1_501 * mebibyte;
  const space = () => ({ type: xfs, sizeBytes, availableBytes, files: 1_000, freeFiles: 1_000 });
  await using machine = await runtimeWith(diskSpaceController({ space, againMs: 1, seldomMs: 1 }));
  await machine.state.create(Service, "kubelet", { running: true, healthy: true, unknown: false });
  availableBytes = 1_499 * mebibyte;
  const { spec } = await machine.eventually(Diagnostic, "disk-full");
  expect(spec.message).toBe("the disk is nearly full: /var");
  expect(spec.details.slice(0, 2)).toEqual([
    "1499 MiB are left",
    "the kubelet takes no new pods, and ends some that it has",
  ]);
  availableBytes = mebibyte;
  await machine.eventually(Diagnostic, "disk-full", (told) => told.spec.message === "the disk is full: /var");
  availableBytes = 2_000 * mebibyte;
  await machine.eventuallyGone(Diagnostic, "disk-full");
});

test("a disk that has space, but room for no more files, is full", async () => {
  const space = () => ({ type: xfs, sizeBytes, availableBytes: 9_000 * mebibyte, files: 1_000, freeFiles: 0 });
  await using machine = await runtimeWith(diskSpaceController({ space }));
  await machine.state.create(Service, "containerd", { running: false, healthy: false, unknown: false });
  const { spec } = await machine.eventually(Diagnostic, "disk-full");
  expect(spec.details[0]).toBe("it can take no more files");
});

test("what is there before the disk is mounted counts for nothing", async () => {
  const looked: string[] = [];
  const space = (path: string) => {
    looked.push(path);
    return { type: 0x73717368, sizeBytes, availableBytes: 0, files: 1, freeFiles: 0 };
  };
  await using machine = await runtimeWith(diskSpaceController({ space }));
  await machine.state.create(Service, "containerd", { running: false, healthy: false, unknown: false });
  while (looked.length === 0) await new Promise(setImmediate);
  await machine.state.modify(Service, "containerd", () => ({ running: true, healthy: false, unknown: false }));
  while (looked.length === 1) await new Promise(setImmediate);
  expect(await machine.state.get(Diagnostic, "disk-full")).toBeUndefined();
});
