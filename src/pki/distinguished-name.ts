import { DerCursor, type DerElement, DerTag, der, sequence } from "./der.ts";
import { ObjectIdentifier, objectIdentifier, readObjectIdentifier } from "./object-identifier.ts";
import { readText } from "./text.ts";

/** Who a certificate speaks of. Roles travel as organizations. */
export interface DistinguishedName {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
}

/** A RDNSequence in the order other tools write it: organizations, then the common name (RFC 5280, 4.1.2.4). */
export function encodeName({ commonName, organizations = [] }: DistinguishedName): Uint8Array {
  const attribute = (type: string, value: string) =>
    sequence(objectIdentifier(type), der(textTag(value), Buffer.from(value)));
  const relativeNames: Uint8Array[] = [];
  if (organizations.length > 0) {
    // A SET is sorted by encoding in DER; verifiers that compare names byte by byte rely on it.
    const attributes = organizations.map((value) => attribute(ObjectIdentifier.organization, value));
    relativeNames.push(der(DerTag.set, ...attributes.sort(Buffer.compare)));
  }
  if (commonName !== undefined && commonName !== "") {
    relativeNames.push(der(DerTag.set, attribute(ObjectIdentifier.commonName, commonName)));
  }
  return sequence(...relativeNames);
}

/** The parts of a name this room knows; other attributes are skipped. */
export function readName(element: DerElement): DistinguishedName {
  const organizations: string[] = [];
  let commonName: string | undefined;
  for (const set of new DerCursor(element).rest()) {
    for (const attribute of new DerCursor(set).rest()) {
      const fields = new DerCursor(attribute);
      const type = readObjectIdentifier(fields.next(DerTag.objectIdentifier));
      const value = fields.next();
      if (type === ObjectIdentifier.organization) organizations.push(readText(value));
      if (type === ObjectIdentifier.commonName) commonName = readText(value);
    }
  }
  return commonName === undefined ? { organizations } : { commonName, organizations };
}

/** PrintableString where its alphabet allows, as Go writes it: the encoding decides whether names are equal. */
const textTag = (text: string): number =>
  /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? DerTag.printableString : DerTag.utf8String;
