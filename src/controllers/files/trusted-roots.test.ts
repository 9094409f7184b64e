import { expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testConfig } from "../../config/testing.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { configure, machineWith } from "../testing.ts";
import { trustedRootsController } from "./trusted-roots.ts";

const id = "ssl/certs/ca-certificates.crt";
const text = ({ contents }: EtcFileSpec) => new TextDecoder().decode(contents);
const certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const document = `---
apiVersion: v1alpha1
kind: TrustedRootsConfig
name: mine
certificates: ${JSON.stringify(certificate)}
`;

test("authorities of the configuration join those of the image, and leave with it", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "roots-")), "roots");
  writeFileSync(path, "everybody's\n");
  await using machine = await machineWith({ config: testConfig() }, trustedRootsController({ path }));
  const is =
    (wanted: string) =>
    ({ spec }: { spec: EtcFileSpec }) =>
      text(spec) === wanted;
  await machine.eventually(EtcFileSpec, id, is("everybody's\n"));
  await configure(machine, testConfig() + document);
  await machine.eventually(EtcFileSpec, id, is(`everybody's\n\n# mine\n${certificate}`));
  await configure(machine, testConfig());
  const { spec } = await machine.eventually(EtcFileSpec, id, is("everybody's\n"));
  expect(spec.mode).toBe(0o644);
});

test("a system without a list of its own trusts whom the configuration names", async () => {
  const path = "/nonexistent/roots";
  await using machine = await machineWith({ config: testConfig() + document }, trustedRootsController({ path }));
  const { spec } = await machine.eventually(EtcFileSpec, id, (found) => text(found.spec).includes("mine"));
  expect(text(spec)).toEndWith(certificate);
});
