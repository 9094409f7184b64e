import { createHash } from "node:crypto";
import { bitString, DerCursor, type DerElement, DerTag, der, sequence, tagged } from "./der.ts";
import { ObjectIdentifier, objectIdentifier, readObjectIdentifier } from "./object-identifier.ts";
import { encodeAlternativeNames, readAlternativeNames } from "./subject-alternative-name.ts";

/** What a TLS certificate may be presented as. */
export type Usage = "serverAuth" | "clientAuth";

/** The extensions this room writes and reads, RFC 5280, 4.2.1. */
export interface Extensions {
  readonly isAuthority: boolean;
  readonly usages: readonly Usage[];
  /** DNS names and IP addresses. */
  readonly alternativeNames: readonly string[];
  readonly subjectKeyId: Uint8Array | undefined;
  readonly authorityKeyId: Uint8Array | undefined;
}

/** Bits of KeyUsage, most significant first. */
const digitalSignature = 0x80;
const certificateSign = 0x04;

/** The identifier of a key: SHA-1 of the bits of the public key, method 1 of RFC 5280, 4.2.1.2. Not a security measure. */
export function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  const fields = new DerCursor(new DerCursor(publicKey).next(DerTag.sequence));
  fields.next(DerTag.sequence);
  const bits = fields.next(DerTag.bitString).contents.subarray(1);
  return createHash("sha1").update(bits).digest();
}

/** A SEQUENCE of extensions, in the order other tools write them. */
export function encodeExtensions(extensions: Extensions): Uint8Array {
  const { isAuthority, usages, alternativeNames, subjectKeyId, authorityKeyId } = extensions;
  const parts = [extension(ObjectIdentifier.keyUsage, keyUsage(isAuthority), true)];
  if (usages.length > 0) {
    const ids = usages.map((usage) => objectIdentifier(ObjectIdentifier[usage]));
    parts.push(extension(ObjectIdentifier.extendedKeyUsage, sequence(...ids)));
  }
  if (isAuthority) {
    const isCa = der(DerTag.boolean, Uint8Array.of(0xff));
    parts.push(extension(ObjectIdentifier.basicConstraints, sequence(isCa), true));
  }
  if (subjectKeyId) {
    parts.push(extension(ObjectIdentifier.subjectKeyIdentifier, der(DerTag.octetString, subjectKeyId)));
  }
  if (authorityKeyId) {
    parts.push(extension(ObjectIdentifier.authorityKeyIdentifier, sequence(tagged(0, false, authorityKeyId))));
  }
  if (alternativeNames.length > 0) parts.push(encodeAlternativeNamesExtension(alternativeNames));
  return sequence(...parts);
}

/** The one extension that a request carries. */
export const encodeAlternativeNamesExtension = (names: readonly string[]): Uint8Array =>
  extension(ObjectIdentifier.subjectAlternativeName, encodeAlternativeNames(names));

/** Reads a SEQUENCE of extensions; those of other kinds are skipped. */
export function readExtensions(list: DerElement): Extensions {
  const values = new Map<string, DerElement>();
  for (const entry of new DerCursor(list).rest()) {
    const fields = new DerCursor(entry);
    const id = readObjectIdentifier(fields.next(DerTag.objectIdentifier));
    fields.optional(DerTag.boolean);
    const value = fields.next(DerTag.octetString).contents;
    values.set(id, new DerCursor(value).next());
  }
  const { basicConstraints, extendedKeyUsage, subjectAlternativeName } = ObjectIdentifier;
  const constraints = values.get(basicConstraints);
  const usage = values.get(extendedKeyUsage);
  const names = values.get(subjectAlternativeName);
  const issuer = values.get(ObjectIdentifier.authorityKeyIdentifier);
  return {
    isAuthority: constraints !== undefined && new DerCursor(constraints).optional(DerTag.boolean)?.contents[0] === 0xff,
    usages: usage === undefined ? [] : readUsages(usage),
    alternativeNames: names === undefined ? [] : readAlternativeNames(names),
    subjectKeyId: values.get(ObjectIdentifier.subjectKeyIdentifier)?.contents,
    authorityKeyId: issuer === undefined ? undefined : new DerCursor(issuer).optional(0x80)?.contents,
  };
}

function readUsages(list: DerElement): Usage[] {
  const ids = [...new DerCursor(list).rest()].map(readObjectIdentifier);
  return (["serverAuth", "clientAuth"] as const).filter((usage) => ids.includes(ObjectIdentifier[usage]));
}

function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [der(DerTag.boolean, Uint8Array.of(0xff))] : [];
  return sequence(objectIdentifier(id), ...flag, der(DerTag.octetString, value));
}

const keyUsage = (isAuthority: boolean): Uint8Array =>
  isAuthority
    ? bitString(Uint8Array.of(digitalSignature | certificateSign), 2)
    : bitString(Uint8Array.of(digitalSignature), 7);
