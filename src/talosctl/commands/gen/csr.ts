import { command } from "../../command.ts";
import { list, text } from "../../flag.ts";
import { readText } from "../../input-file.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";
import { addresses, given } from "./pki-flags.ts";

export const csr = command({
  name: "csr",
  summary: "Make a certificate signing request for a private key",
  description: "Written beside the key, as .csr.",
  remote: false,
  flags: {
    key: text({ doc: "The private key", placeholder: "file" }),
    ip: text({ doc: "Address that the certificate is for", placeholder: "address" }),
    roles: list({ doc: "Roles to ask for", placeholder: "role,…", default: ["os:admin"] }),
    ...genFlags,
  },
  examples: ["talosctl gen csr --key alice.key --roles os:reader # alice.csr"],
  async run({ flags, ...output }) {
    const { createCertificateRequest, parsePrivateKey } = await import("../../../pki/index.ts");
    const file = given(flags.key, "key");
    const request = createCertificateRequest(parsePrivateKey(await readText(file)), {
      organizations: flags.roles,
      alternativeNames: await addresses(flags.ip),
    });
    const path = `${file.replace(/\.[^./]*$/, "")}.csr`;
    await writeOutputs([{ path, content: request }], flags.force, output);
  },
});
