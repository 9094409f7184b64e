import { Failure } from "../errors/failure.ts";
import { type DerElement, DerTag } from "./der.ts";

/** The text of any of the ASN.1 string types a name may use. */
export function readText({ tag, contents }: DerElement): string {
  switch (tag) {
    case DerTag.utf8String:
    case DerTag.printableString:
    case DerTag.ia5String:
      return Buffer.from(contents).toString("utf8");
    case DerTag.teletexString:
      return Buffer.from(contents).toString("latin1");
    case DerTag.bmpString:
      return Buffer.from(contents.subarray(0, contents.length & ~1))
        .swap16()
        .toString("utf16le");
    default:
      throw new Failure(`Cannot read text: tag 0x${tag.toString(16)} is not a string type`);
  }
}
