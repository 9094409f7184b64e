import { fromBase64 } from "../../bytes/base64.ts";
import type { Identity } from "../../pki/index.ts";

/** A certificate with its key, as resources hold it: the bytes of PEM texts. */
export interface PemPair {
  readonly crt: Uint8Array;
  readonly key: Uint8Array;
}

export const pairOf = ({ certificate, key }: Identity): PemPair => ({
  crt: new TextEncoder().encode(certificate),
  key: new TextEncoder().encode(key),
});

export const identityOf = ({ crt, key }: PemPair): Identity => ({ certificate: pemText(crt), key: pemText(key) });

export const pemText = (pem: Uint8Array): string => new TextDecoder().decode(pem);

/** From the configuration, where PEM texts are in base64. */
export const pairFromConfig = (pair: {
  readonly crt?: string | undefined;
  readonly key?: string | undefined;
}): PemPair => ({
  crt: fromBase64(pair.crt ?? ""),
  key: fromBase64(pair.key ?? ""),
});
