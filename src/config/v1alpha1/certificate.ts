import { type FieldFacts, section, string } from "../describe.ts";
import { base64 } from "../formats.ts";

/** `{crt, key}`: a certificate with its key, each PEM in base64. Absent is `undefined`; workers leave the key empty. */
export const certificateAndKey = (facts: FieldFacts<never>) =>
  section({
    ...facts,
    fields: {
      crt: string({ doc: "Certificate, PEM in base64.", check: base64 }),
      key: string({ doc: "Private key, PEM in base64.", check: base64, sensitive: true }),
    },
  }).optional();

/** `{crt}` of an authority that is trusted but does not sign. */
export const acceptedCertificate = section({
  doc: "A trusted authority.",
  fields: { crt: string({ doc: "Certificate, PEM in base64.", check: base64 }) },
});
