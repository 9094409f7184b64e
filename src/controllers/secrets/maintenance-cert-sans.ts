import { defineController } from "../../cosi/controller.ts";
import { HostnameStatus } from "../../resources/network/hostname-status.ts";
import { NodeAddress } from "../../resources/network/node-address.ts";
import { MaintenanceServiceRequest } from "../../resources/runtime/maintenance-service-request.ts";
import { CertSAN } from "../../resources/secrets/cert-san.ts";
import { addressOf, fullNameOf, unique } from "./names.ts";

/** What a machine without a config calls itself: it has no name that anybody could check. */
export const maintenanceName = "maintenance-service.talos.dev";

/** Collects the names and addresses under which a machine is reached while it waits for its config. */
export const maintenanceCertSansController = () =>
  defineController({
    name: "secrets.MaintenanceCertSANsController",
    inputs: [
      { kind: MaintenanceServiceRequest, id: "maintenance", strength: "weak" },
      { kind: HostnameStatus, id: "hostname", strength: "weak" },
      { kind: NodeAddress, id: "accumulative", strength: "weak" },
    ],
    outputs: [{ kind: CertSAN, sharing: "shared" }],
    async reconcile(context) {
      if ((await context.get(MaintenanceServiceRequest, "maintenance")) === undefined)
        return await context.destroy(CertSAN, "maintenance");
      const addresses = (await context.get(NodeAddress, "accumulative"))?.spec.addresses;
      if (addresses === undefined) return;
      const hostname = (await context.get(HostnameStatus, "hostname"))?.spec;
      await context.put(CertSAN, "maintenance", {
        ips: unique(["127.0.0.1", "::1", ...addresses.map(addressOf)]),
        dnsNames: hostname === undefined ? [] : unique([hostname.hostname, fullNameOf(hostname)]),
        fqdn: maintenanceName,
      });
    },
  });
