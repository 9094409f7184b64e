import { command } from "../../command.ts";
import { boolean, text } from "../../flag.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";
import { given, hours, lifetimeMs } from "./pki-flags.ts";

export const ca = command({
  name: "ca",
  summary: "Make a certificate authority",
  description: "Writes <organization>.crt, .key, and .sha256 with the hash of its public key.",
  remote: false,
  flags: {
    organization: text({ doc: "Organization of its name, and name of the files", placeholder: "name" }),
    hours: hours(87_600),
    rsa: boolean({ doc: "RSA of 4096 bits instead of Ed25519" }),
    ...genFlags,
  },
  examples: ["talosctl gen ca --organization acme # acme.crt, acme.key, acme.sha256"],
  async run({ flags, ...output }) {
    const { createCertificateAuthority, publicKeyHash } = await import("../../../pki/index.ts");
    const organization = given(flags.organization, "organization");
    const { certificate, key } = await createCertificateAuthority({
      algorithm: flags.rsa ? "rsa-4096" : "ed25519",
      organizations: [organization],
      validForMs: lifetimeMs(flags.hours),
    });
    const files = [
      { path: `${organization}.crt`, content: certificate },
      { path: `${organization}.sha256`, content: `sha256:${publicKeyHash(certificate)}` },
      { path: `${organization}.key`, content: key },
    ];
    await writeOutputs(files, flags.force, output);
  },
});
