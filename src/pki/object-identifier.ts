import { Failure } from "../errors/failure.ts";
import { type DerElement, DerTag, der } from "./der.ts";

/** The object identifiers this room writes or understands, RFC 5280 and RFC 8410. */
export const ObjectIdentifier = {
  commonName: "2.5.4.3",
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAlternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  extensionRequest: "1.2.840.113549.1.9.14",
  ed25519: "1.3.101.112",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  sha256WithRsa: "1.2.840.113549.1.1.11",
} as const;

/** Encodes a dotted identifier such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(DerTag.objectIdentifier, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/**
 * The dotted form of an OBJECT IDENTIFIER element.
 * @throws Failure when it is empty, cut off, or has an arc over 2^31.
 */
export function readObjectIdentifier({ contents }: DerElement): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const [index, byte] of contents.entries()) {
    if (arc >= 2 ** 24) throw new Failure("Cannot read object identifier: an arc is too large");
    arc = arc * 128 + (byte & 0x7f);
    if (byte & 0x80) {
      if (index === contents.length - 1) throw new Failure("Cannot read object identifier: it is cut off");
      continue;
    }
    // The first two arcs share one number (X.690, 8.19.4).
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(arc / 40));
      arcs.push(root, arc - root * 40);
    } else arcs.push(arc);
    arc = 0;
  }
  if (arcs.length === 0) throw new Failure("Cannot read object identifier: it is empty");
  return arcs.join(".");
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80);
  return bytes;
}
