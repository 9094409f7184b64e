import { expect, test } from "bun:test";
import { Failure } from "../errors/failure.ts";
import { Code, StatusError, statusOf } from "../grpc/status.ts";
import { explained } from "./explain.ts";

test("etcd's words stay, and what to do is added", () => {
  const lost = statusOf(explained(new StatusError(Code.unavailable, "etcdserver: no leader")));
  expect(lost.code).toBe(Code.unavailable);
  expect(lost.message).toMatch(/^etcdserver: no leader: most members .*--recover-from/);
});

test("what needs no explanation keeps its words and its code", () => {
  const unknown = new StatusError(Code.notFound, "etcdserver: member not found");
  expect(explained(unknown)).toBe(unknown);
  expect(statusOf(explained(new Failure("Cannot reach a member of etcd: none is known")))).toEqual({
    code: Code.unavailable,
    message: "Cannot reach a member of etcd: none is known",
  });
});
