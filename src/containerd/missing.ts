import { Code, StatusError } from "../grpc/status.ts";

export const isNotFound = (thrown: unknown): boolean => thrown instanceof StatusError && thrown.code === Code.notFound;

export const isAlreadyExists = (thrown: unknown): boolean =>
  thrown instanceof StatusError && thrown.code === Code.alreadyExists;

/** Nobody listens, or the connection broke: containerd is down or on its way up. */
export const isUnavailable = (thrown: unknown): boolean =>
  thrown instanceof StatusError && thrown.code === Code.unavailable;

/** The result, or undefined when the thing is not there. */
export async function orUndefinedWhenNotFound<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether something was made; false when it had been there already. */
export async function unlessExists(result: Promise<unknown>): Promise<boolean> {
  try {
    await result;
    return true;
  } catch (error) {
    if (isAlreadyExists(error)) return false;
    throw error;
  }
}
