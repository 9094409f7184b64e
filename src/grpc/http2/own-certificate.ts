import { X509Certificate } from "node:crypto";

/** Object identifier of the extended key usage clientAuth, RFC 5280, 4.2.1.12. */
const clientAuth = "1.3.6.1.5.5.7.3.2";

/**
 * What anyone can see to be wrong with the certificate that we show, and what to do about it; a server that refuses it
 * has no way to say so. Undefined when nothing is.
 */
export function troubleWithOwn(
  certificate: string,
  now = new Date(),
): readonly [reason: string, hint: string] | undefined {
  const { validFromDate, validToDate, keyUsage } = new X509Certificate(certificate);
  if (now > validToDate) {
    return [`our certificate expired at ${validToDate.toISOString()}`, "Make a new client configuration"];
  }
  if (now < validFromDate) {
    return [`our certificate is not valid before ${validFromDate.toISOString()}`, "Is this machine's clock right?"];
  }
  if (keyUsage !== undefined && !keyUsage.includes(clientAuth)) {
    return ["our certificate is not one for clients", "Use the client configuration that was made for this cluster"];
  }
  return undefined;
}
