import { defineController } from "../../cosi/controller.ts";
import { parseCertificate } from "../../pki/index.ts";
import { MaintenanceServiceConfig } from "../../resources/runtime/maintenance-service-config.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { MaintenanceServiceCertificate } from "../../resources/secrets/maintenance-service-certificate.ts";

export interface MaintenanceInformOptions {
  /** Writes a line to the console. */
  readonly say: (line: string) => void;
  /** Told when the machine begins to wait for its config, and when it has it. */
  readonly onChange?: (inMaintenance: boolean) => void;
}

/** Tells whoever looks at the console that the machine waits for its config, and how to hand it over. */
export const maintenanceInformController = ({ say, onChange = () => {} }: MaintenanceInformOptions) => {
  let informed = "";
  let waiting = false;
  return defineController({
    name: "runtime.MaintenanceServiceInformController",
    inputs: [
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
      { kind: MaintenanceServiceConfig, id: "maintenance", strength: "weak" },
      { kind: MaintenanceServiceCertificate, id: "maintenance", strength: "weak" },
    ],
    outputs: [],
    async reconcile(context) {
      const requested = (await context.get(MaintenanceServiceRequest, "maintenance")) !== undefined;
      if (requested !== waiting) {
        waiting = requested;
        onChange(waiting);
        if (!waiting) say("The machine has its config; maintenance mode has ended.");
      }
      const config = (await context.get(MaintenanceServiceConfig, "maintenance"))?.spec;
      const certificate = (await context.get(MaintenanceServiceCertificate, "maintenance"))?.spec;
      if (!waiting || config === undefined || certificate === undefined) return;
      const { fingerprint } = parseCertificate(new TextDecoder().decode(certificate.server.crt));
      const lines = instructions(config.reachableAddresses, fingerprint);
      if (lines.join("\n") === informed) return;
      informed = lines.join("\n");
      for (const line of lines) say(line);
    },
  });
};

/** What a person needs at the console of a machine without a config. */
export function instructions(addresses: readonly string[], fingerprint: string): string[] {
  const [first] = addresses;
  if (first === undefined) return ["This machine has no config, and no address yet: connect it to a network."];
  return [
    "This machine has no config, and waits for one (maintenance mode).",
    `  addresses    ${addresses.join(", ")}`,
    `  fingerprint  ${fingerprint}`,
    "To configure it, type on another computer:",
    `  talosctl apply-config --insecure --nodes ${first} --cert-fingerprint ${fingerprint} --file <config>`,
  ];
}
