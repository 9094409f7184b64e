import { expect, test } from "bun:test";
import { encodePem } from "./pem.ts";
import { generatePrivateKey, parsePrivateKey } from "./private-key.ts";
import { openssl } from "./testing/openssl.ts";

test.each([
  ["ed25519", "ED25519 PRIVATE KEY"],
  ["ecdsa-p256", "EC PRIVATE KEY"],
] as const)("a %s key is written as %s and read back", async (algorithm, label) => {
  const key = await generatePrivateKey(algorithm);
  expect(key.pem).toStartWith(`-----BEGIN ${label}-----`);
  const again = parsePrivateKey(key.pem);
  expect(again.algorithm).toBe(algorithm);
  expect(again.pem).toBe(key.pem);
  expect(parsePrivateKey(key.pkcs8Pem).pem).toBe(key.pem);
  expect(await openssl(["pkey", "-in", "k.pem", "-noout", "-text"], { "k.pem": key.pkcs8Pem })).toContain("rivate-Key");
});

test("an RSA key of openssl is read and written as PKCS #1", async () => {
  const pem = await openssl(["genrsa", "-traditional", "2048"]);
  const key = parsePrivateKey(pem);
  expect(key.algorithm).toBe("rsa-4096");
  expect(key.pem).toBe(pem);
});

test("a curve that is not ours is refused with what to use", async () => {
  const pem = await openssl(["ecparam", "-genkey", "-noout", "-name", "secp384r1"]);
  expect(() => parsePrivateKey(pem)).toThrow("Cannot use private key");
});

test("a broken key fails without quoting it", () => {
  const secret = "c2VjcmV0LWJ5dGVzLXRoYXQtYXJlLW5vdC1hLWtleQ==";
  const pem = encodePem("EC PRIVATE KEY", Buffer.from(secret, "base64"));
  try {
    parsePrivateKey(pem);
    expect.unreachable();
  } catch (thrown) {
    expect(String(thrown)).toContain('the "EC PRIVATE KEY" block does not decode');
    expect(String(thrown)).not.toContain(secret);
  }
  expect(() => parsePrivateKey("nothing")).toThrow("holds no PRIVATE KEY block");
});
