import { isAbsolute, normalize } from "node:path";
import { codeOf, messageOf } from "../../../errors/message.ts";
import { Code, StatusError } from "../../../grpc/status.ts";

/** @throws StatusError InvalidArgument for a path that is not absolute, or none at all. */
export function absolutePath(path: string): string {
  if (path.includes("\0"))
    throw new StatusError(Code.invalidArgument, `path contains a NUL byte ${JSON.stringify(path)}`);
  if (isAbsolute(path)) return normalize(path);
  throw new StatusError(Code.invalidArgument, `path is not absolute "${path}"`);
}

const codes: Readonly<Record<string, Code>> = {
  ENOENT: Code.notFound,
  ENOTDIR: Code.notFound,
  EACCES: Code.permissionDenied,
  EPERM: Code.permissionDenied,
  EINVAL: Code.invalidArgument,
};

/** What the file system said, as a status. */
export const fileError = (error: unknown): StatusError =>
  new StatusError(codes[codeOf(error) ?? ""] ?? Code.unknown, messageOf(error));
