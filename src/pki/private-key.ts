import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { Failure } from "../errors/failure.ts";
import { DerTag, der, sequence } from "./der.ts";
import { ObjectIdentifier, objectIdentifier } from "./object-identifier.ts";
import { decodePem, encodePem } from "./pem.ts";

/** What a key signs with. Ed25519 for the machine API, ECDSA for Kubernetes and etcd, RSA for service accounts. */
export type KeyAlgorithm = "ed25519" | "ecdsa-p256" | "rsa-4096";

/** A private key and what is derived from it. */
export interface PrivateKey {
  readonly algorithm: KeyAlgorithm;
  /** As files hold it: `ED25519 PRIVATE KEY`, `EC PRIVATE KEY` or `RSA PRIVATE KEY`. */
  readonly pem: string;
  /** As TLS libraries want it: PKCS #8, `PRIVATE KEY`. */
  readonly pkcs8Pem: string;
  /** The public half as a DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const generate = promisify(generateKeyPair) as (
  type: string,
  options: object,
) => Promise<{ readonly privateKey: KeyObject }>;

/** DER AlgorithmIdentifier of the signatures that a key makes. */
export const signatureAlgorithms: Readonly<Record<KeyAlgorithm, Uint8Array>> = {
  ed25519: sequence(objectIdentifier(ObjectIdentifier.ed25519)),
  "ecdsa-p256": sequence(objectIdentifier(ObjectIdentifier.ecdsaWithSha256)),
  // RFC 4055: the parameters of PKCS #1 signatures are NULL, not absent.
  "rsa-4096": sequence(objectIdentifier(ObjectIdentifier.sha256WithRsa), der(DerTag.null)),
};

/** Makes a new key. RSA takes seconds; the others are immediate. */
export async function generatePrivateKey(algorithm: KeyAlgorithm): Promise<PrivateKey> {
  const { privateKey } = await {
    ed25519: () => generate("ed25519", {}),
    "ecdsa-p256": () => generate("ec", { namedCurve: "prime256v1" }),
    "rsa-4096": () => generate("rsa", { modulusLength: 4096 }),
  }[algorithm]();
  return fromKeyObject(algorithm, privateKey);
}

/**
 * Reads a key in any of the forms that files hold: PKCS #8, SEC 1, PKCS #1, and the `ED25519 PRIVATE KEY` label.
 * @throws Failure when there is no key in the text or its algorithm is not one of ours. The message never quotes the key.
 */
export function parsePrivateKey(pem: string): PrivateKey {
  const block = decodePem(pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) throw new Failure("Cannot read private key: the text holds no PRIVATE KEY block");
  // The ED25519 label is a convention of the file format: its content is plain PKCS #8.
  const label = block.label === "ED25519 PRIVATE KEY" ? "PRIVATE KEY" : block.label;
  let key: KeyObject;
  try {
    key = createPrivateKey(encodePem(label, block.bytes));
  } catch {
    throw new Failure(`Cannot read private key: the "${block.label}" block does not decode`);
  }
  return fromKeyObject(algorithmOf(key), key);
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return "ed25519";
  // Any RSA size signs the same way; only generation cares for the number.
  if (type === "rsa") return "rsa-4096";
  if (type === "ec" && (details?.namedCurve === undefined || details.namedCurve === "prime256v1")) return "ecdsa-p256";
  throw new Failure(`Cannot use private key: ${details?.namedCurve ?? type} is not supported`, {
    hint: "Use Ed25519, ECDSA P-256 or RSA",
  });
}

function fromKeyObject(algorithm: KeyAlgorithm, key: KeyObject): PrivateKey {
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  const files = {
    ed25519: () => encodePem("ED25519 PRIVATE KEY", pkcs8),
    "ecdsa-p256": () => encodePem("EC PRIVATE KEY", key.export({ type: "sec1", format: "der" })),
    "rsa-4096": () => encodePem("RSA PRIVATE KEY", key.export({ type: "pkcs1", format: "der" })),
  };
  return {
    algorithm,
    pem: files[algorithm](),
    pkcs8Pem: encodePem("PRIVATE KEY", pkcs8),
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    sign: (message) => sign(algorithm === "ed25519" ? null : "sha256", message, key),
  };
}
