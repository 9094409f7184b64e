import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { Failure } from "../errors/failure.ts";
import {
  type Certificate,
  decodePem,
  type Identity,
  parseCertificate,
  type Role,
  rolesOf,
  signCertificate,
} from "../pki/index.ts";
import type { Context } from "./talosconfig.ts";

/** How long client certificates are valid unless asked otherwise: a year. */
export const clientLifetimeMs = 8_760 * 3_600_000;

/** The machine's clock may be behind ours: a certificate is no use if the machine takes it to be from the future. */
const clientBackdateMs = 10 * 60_000;

export interface NewContextOptions {
  /** The machine API's authority. */
  readonly authority: Identity;
  readonly roles: readonly Role[];
  readonly endpoints?: readonly string[];
  readonly nodes?: readonly string[];
  readonly validForMs?: number;
}

/** Makes a context whose new certificate grants the roles. */
export async function createContext(options: NewContextOptions): Promise<Context> {
  const { authority, roles, endpoints = [], nodes = [], validForMs = clientLifetimeMs } = options;
  const client = await signCertificate(authority, {
    organizations: roles,
    usages: ["clientAuth"],
    validForMs,
    backdateMs: clientBackdateMs,
  });
  return {
    endpoints,
    nodes,
    ca: toBase64(authority.certificate),
    crt: toBase64(client.certificate),
    key: toBase64(client.key),
    rest: {},
  };
}

/**
 * The PEM texts of a context's certificates and key; empty for those it does not have.
 * @throws Failure naming the field that holds something else.
 */
export function credentialsOf({ ca, crt, key }: Context): { ca: string; certificate: string; key: string } {
  return { ca: pemOf("ca", ca), certificate: pemOf("crt", crt), key: pemOf("key", key) };
}

function pemOf(field: string, base64 = ""): string {
  const text = Buffer.from(fromBase64(base64)).toString("utf8");
  if (base64 !== "" && decodePem(text).length === 0)
    throw new Failure(`Cannot read ${field}: it is no PEM text in base64`);
  return text;
}

/** What a context's certificate says: who it makes us, and until when. undefined without a certificate. */
export function clientCertificateOf(context: Context): (Certificate & { readonly roles: readonly Role[] }) | undefined {
  if (!context.crt) return undefined;
  const certificate = parseCertificate(credentialsOf(context).certificate);
  return { ...certificate, roles: rolesOf(certificate.subject.organizations ?? []) };
}
