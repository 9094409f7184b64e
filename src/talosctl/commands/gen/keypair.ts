import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";
import { addresses, given, lifetimeMs } from "./pki-flags.ts";

export const keypair = command({
  name: "keypair",
  summary: "Make a private key with a self-signed certificate",
  description: "Valid for a day.",
  remote: false,
  flags: {
    organization: text({ doc: "Organization of its name, and name of the files", placeholder: "name" }),
    ip: text({ doc: "Address that the certificate is for", placeholder: "address" }),
    ...genFlags,
  },
  examples: ["talosctl gen keypair --organization proxy --ip 10.0.0.7 # proxy.crt, proxy.key"],
  async run({ flags, ...output }) {
    const { createCertificateAuthority } = await import("../../../pki/index.ts");
    const organization = given(flags.organization, "organization");
    const { certificate, key } = await createCertificateAuthority({
      algorithm: "ed25519",
      organizations: [organization],
      alternativeNames: await addresses(flags.ip),
      validForMs: lifetimeMs(24),
    });
    const files = [
      { path: `${organization}.crt`, content: certificate },
      { path: `${organization}.key`, content: key },
    ];
    await writeOutputs(files, flags.force, output);
  },
});
