import type { Confinement } from "./confinement.ts";

/** Which capabilities a spawner's children can never have. */
export type Drop = "module-and-boot" | "all";

/** What the main thread asks of the spawner's Worker. */
export type Request =
  | { readonly kind: "prepare"; readonly drop: Drop; readonly confine: Confinement | undefined }
  | { readonly kind: "spawn"; readonly id: number; readonly child: Child }
  | { readonly kind: "kill"; readonly id: number; readonly signal: number };

/** A process to start, in the terms of the Worker: descriptors are already open, they belong to the whole process. */
export interface Child {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly session: boolean;
  readonly outputFd: number;
  readonly cgroupFd: number | undefined;
}

/** What the Worker answers. Errors travel as text: an Error loses its class on the way. */
export type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "unready"; readonly error: string }
  | { readonly kind: "started"; readonly id: number; readonly pid: number }
  | { readonly kind: "failed"; readonly id: number; readonly error: string }
  | {
      readonly kind: "exited";
      readonly id: number;
      readonly code: number | undefined;
      readonly signal: string | undefined;
    };
