import type { KubeObject } from "./object.ts";

/** Where a cluster keeps wishes for certificates. */
export const signingRequests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/** A wish for a certificate, certificates.k8s.io/v1 CertificateSigningRequest: what we read of it. */
export interface SigningRequest extends KubeObject {
  readonly spec?: { readonly username?: string };
  readonly status?: {
    /** Base64 of PEM. */
    readonly certificate?: string;
    readonly conditions?: readonly { readonly type?: string; readonly message?: string }[];
  };
}
