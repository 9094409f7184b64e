import { isIP } from "node:net";
import { fromBase64 } from "../../bytes/base64.ts";
import { sharedAddresses } from "../../config/index.ts";
import { defineController } from "../../cosi/controller.ts";
import { OSRootSecret } from "../../resources/secrets/os-root-secret.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { pairFromConfig } from "./pem-pair.ts";

/** Under which pods reach the machines that let them. */
const podNames = ["talos", "talos.default"];

/** Takes the machine API's authority and the token for joining from the configuration. */
export const osRootController = () =>
  defineController({
    name: "secrets.RootOSController",
    inputs: [activeConfigInput],
    outputs: [{ kind: OSRootSecret, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const machine = config?.machine;
      if (config === undefined || machine?.ca === undefined) return;
      const names = machine.certSANs.filter((name) => name !== undefined);
      const issuingCA = pairFromConfig(machine.ca);
      const serviceNames = machine.features.kubernetesTalosAPIAccess.enabled ? podNames : [];
      const others = machine.acceptedCAs.map(({ crt }) => ({ crt: fromBase64(crt ?? "") }));
      await context.put(OSRootSecret, "os", {
        issuingCA,
        // Whoever the issuing authority vouches for is trusted too.
        acceptedCAs: [{ crt: issuingCA.crt }, ...others],
        certSANIPs: [...names.filter((name) => isIP(name) !== 0), ...sharedAddresses(config)],
        certSANDNSNames: [...names.filter((name) => isIP(name) === 0), ...serviceNames],
        token: machine.token ?? "",
      });
    },
  });
