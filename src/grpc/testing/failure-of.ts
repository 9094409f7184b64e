import { type Code, StatusError } from "../status.ts";

/** The status that a call fails with, code and message. @throws Error when it fails otherwise, or does not. */
export async function failureOf(call: Promise<unknown>): Promise<readonly [Code, string]> {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof StatusError)) throw new Error(`expected a status, got ${thrown}`);
  return [thrown.code, thrown.message];
}
