import { Failure } from "../errors/failure.ts";
import { describe, type Phase, type Pointer } from "./resource.ts";

/** The resource is not there. */
export class NotFoundError extends Failure {
  override readonly name = "NotFoundError";
  constructor(pointer: Pointer) {
    super(`resource ${describe(pointer)} doesn't exist`);
  }
}

/** Something about the resource's present form forbids the change; the subclasses say what. */
export class ConflictError extends Failure {
  override readonly name: string = "ConflictError";
  /** A create met a resource that is already there. */
  static alreadyExists(pointer: Pointer): AlreadyExistsError {
    return new AlreadyExistsError(`resource ${describe(pointer)} already exists`);
  }
  /** An update was made from an old version: read again and retry. */
  static version(pointer: Pointer, expected: number, actual: number): ConflictError {
    return new ConflictError(
      `resource ${describe(pointer)} update conflict: expected version "${expected}", actual version "${actual}"`,
    );
  }
  static finalizers(pointer: Pointer, finalizers: readonly string[]): ConflictError {
    return new ConflictError(`resource ${describe(pointer)} has pending finalizers ${finalizers.join(", ")}`);
  }
}

export class AlreadyExistsError extends ConflictError {
  override readonly name = "AlreadyExistsError";
}

/** The resource belongs to another controller. */
export class OwnerConflictError extends ConflictError {
  override readonly name = "OwnerConflictError";
  constructor(pointer: Pointer, owner: string) {
    super(`resource ${describe(pointer)} is owned by "${owner}"`);
  }
}

/** The resource is not in the phase that the change needs. */
export class PhaseConflictError extends ConflictError {
  override readonly name = "PhaseConflictError";
  constructor(pointer: Pointer, expected: Phase) {
    super(`resource ${describe(pointer)} is not in phase ${expected}`);
  }
}

/** A bookmark is older than the history that is kept, or comes from another run of the machine. */
export class InvalidBookmarkError extends Failure {
  override readonly name = "InvalidBookmarkError";
  constructor() {
    super("invalid watch bookmark");
  }
}

export const isNotFound = (thrown: unknown): thrown is NotFoundError => thrown instanceof NotFoundError;
export const isConflict = (thrown: unknown): thrown is ConflictError => thrown instanceof ConflictError;
export const isAlreadyExists = (thrown: unknown): thrown is AlreadyExistsError => thrown instanceof AlreadyExistsError;
export const isOwnerConflict = (thrown: unknown): thrown is OwnerConflictError => thrown instanceof OwnerConflictError;
export const isPhaseConflict = (thrown: unknown): thrown is PhaseConflictError => thrown instanceof PhaseConflictError;
