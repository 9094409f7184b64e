import { command } from "../../command.ts";
import { text } from "../../flag.ts";
import { readText } from "../../input-file.ts";
import { genFlags } from "./flags.ts";
import { writeOutputs } from "./output-file.ts";
import { given, hours, lifetimeMs } from "./pki-flags.ts";

export const crt = command({
  name: "crt",
  summary: "Sign a certificate for a request",
  description: "Grants the roles that the request asks for: look at it before you sign.",
  remote: false,
  flags: {
    ca: text({ doc: "Files of the authority, without .crt and .key", placeholder: "name" }),
    csr: text({ doc: "The request", placeholder: "file" }),
    name: text({ doc: "Name of the file, without .crt", placeholder: "name" }),
    hours: hours(24),
    ...genFlags,
  },
  examples: ["talosctl gen crt --ca acme --csr alice.csr --name alice --hours 8760 # alice.crt"],
  async run({ flags, ...output }) {
    const { parseCertificateRequest, signCertificateRequest } = await import("../../../pki/index.ts");
    const authority = given(flags.ca, "ca");
    const path = `${given(flags.name, "name")}.crt`;
    const [certificate, key, request] = (await Promise.all(
      [`${authority}.crt`, `${authority}.key`, given(flags.csr, "csr")].map(readText),
    )) as [string, string, string];
    const { organizations = [] } = parseCertificateRequest(request).subject;
    const content = signCertificateRequest({ certificate, key }, request, {
      organizations,
      usages: ["clientAuth"],
      validForMs: lifetimeMs(flags.hours),
    });
    await writeOutputs([{ path, content }], flags.force, output);
  },
});
