import { Failure } from "../../errors/failure.ts";

/** How we came to the machine that refused a call. */
export interface Standing {
  /** Our roles. */
  readonly roles: readonly string[];
  /** We showed no certificate. */
  readonly insecure: boolean;
}

/** Refusals whose texts say less than we know, and what to do about them. */
const hints: readonly (readonly [insecure: boolean, pattern: RegExp, hint: string])[] = [
  [true, /requires a client certificate/, "It has a config already: leave out --insecure"],
  [
    true,
    /not implemented in maintenance mode|not authorized/,
    "It has no config yet, and until then it does little: give it one with talosctl apply-config --insecure",
  ],
  [true, /has the fingerprint/, "Is it the right machine? Its console shows the fingerprint"],
  [
    false,
    /etcd data directory is not empty/,
    "It was bootstrapped, or joined, before; nothing was changed. What it waits for, if it does: talosctl health",
  ],
  [false, /only available on control plane nodes|on a control plane node$/, "Choose one with -n: talosctl get members"],
];

/**
 * What was thrown by a call, with what to do about it; of a denied call, which role is missing: the server only says
 * "not authorized".
 * @param method as `machine.MachineService/Reboot`.
 * @param needed the roles that may call it.
 */
export function explain(thrown: unknown, method: string, needed: readonly string[], standing: Standing): unknown {
  const { roles, insecure } = standing;
  if (!(thrown instanceof Failure)) return thrown;
  const isDenied = "code" in thrown && thrown.code === 7 && /not authorized/.test(thrown.message);
  if (isDenied && roles.length > 0 && !needed.some((role) => roles.includes(role))) {
    const verb = method.slice(method.indexOf("/") + 1);
    return new Failure(
      `Cannot call ${verb}: your certificate has the role ${roles.join(", ")}, and this needs ${needed.join(" or ")}`,
    );
  }
  const hint = hintFor(thrown.message, insecure);
  return hint === undefined ? thrown : new Failure(thrown.message, { hint });
}

/** What to do about a refusal, where its text says less than we know. */
export const hintFor = (message: string, insecure: boolean): string | undefined =>
  hints.find(([applies, pattern]) => applies === insecure && pattern.test(message))?.[2];
