import { isSignedBy, type LeafOptions, parseCertificate, signCertificate } from "../../pki/index.ts";
import { identityOf, type PemPair, pairOf } from "./pem-pair.ts";

export interface WantedCertificate extends Pick<LeafOptions, "commonName" | "organizations" | "usages" | "validForMs"> {
  readonly authority: PemPair;
  readonly alternativeNames?: readonly string[];
  readonly now: Date;
}

export interface IssuedCertificate {
  readonly pair: PemPair;
  /** When to look at it again: after half its life, or earlier when the clock could have been set meanwhile. */
  readonly renewInMs: number;
}

/** A day: nothing can revoke what apid and trustd serve with. Renewed after half of it. */
export const apiLifetimeMs = 24 * 3_600_000;

/** A year: what holds them is made anew with the machine's start at the latest. Renewed after half of it. */
export const kubernetesLifetimeMs = 8_760 * 3_600_000;

/** Machines whose clocks lag by less than this agree that what was issued just now is valid. */
const clockSkewMs = 5 * 60_000;

/**
 * Timers count time that passed, certificates the clock, which others than we may set (the host's administrator, an
 * emulator that was suspended): so often the clock is asked again.
 */
const lookAgainMs = 10 * 60_000;

/** Keeps a certificate that still says what is wanted and is in the first half of its life; makes a new one otherwise. */
export async function issue(present: PemPair | undefined, wanted: WantedCertificate): Promise<IssuedCertificate> {
  const { authority, now, ...leaf } = wanted;
  const kept = present !== undefined && saysSo(present, wanted) ? renewalOf(present, now) : 0;
  if (present !== undefined && kept > 0) return { pair: present, renewInMs: kept };
  const options = { ...leaf, backdateMs: clockSkewMs, now: () => now };
  const pair = pairOf(await signCertificate(identityOf(authority), options));
  return { pair, renewInMs: renewalOf(pair, now) };
}

/**
 * Milliseconds until a certificate should be looked at again; 0 when it should be replaced now: its first half is over,
 * or it is not valid yet, since the clock was set back after it was issued.
 */
export function renewalOf(pair: PemPair, now: Date): number {
  const { notBefore, notAfter } = parseCertificate(identityOf(pair).certificate);
  if (now < notBefore) return 0;
  const halfOver = (notBefore.getTime() + notAfter.getTime()) / 2;
  return Math.min(lookAgainMs, Math.max(0, halfOver - now.getTime()));
}

function saysSo(present: PemPair, wanted: WantedCertificate): boolean {
  const { organizations = [], authority } = wanted;
  return (
    isFor(present, wanted) &&
    sameSet(parseCertificate(identityOf(present).certificate).subject.organizations ?? [], organizations) &&
    signedByOneOf(present, [authority])
  );
}

/** Whether a certificate names its holder, and says what for, as is wanted. */
export function isFor(
  pair: PemPair,
  wanted: Pick<WantedCertificate, "commonName" | "usages" | "alternativeNames">,
): boolean {
  const { subject, usages, alternativeNames } = parseCertificate(identityOf(pair).certificate);
  return (
    subject.commonName === wanted.commonName &&
    sameSet(usages, wanted.usages) &&
    sameSet(alternativeNames, wanted.alternativeNames ?? [])
  );
}

export function signedByOneOf(pair: PemPair, authorities: readonly { readonly crt: Uint8Array }[]): boolean {
  const certificate = parseCertificate(identityOf(pair).certificate);
  return authorities.some(({ crt }) => isSignedBy(certificate, parseCertificate(new TextDecoder().decode(crt))));
}

const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  new Set(left).symmetricDifference(new Set(right)).size === 0;
