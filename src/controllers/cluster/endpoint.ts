import { defineController } from "../../cosi/controller.ts";
import { Member } from "../../resources/cluster/member.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";

/** Finds the control plane among the members. */
export const discoveredEndpointController = () =>
  defineController({
    name: "cluster.EndpointController",
    inputs: [{ kind: Member, strength: "weak" }],
    outputs: [{ kind: Endpoint, sharing: "shared" }],
    async reconcile(context) {
      const members = (await context.list(Member)).map(({ spec }) => spec);
      const controlPlane = members.filter(
        ({ machineType }) => machineType === "controlplane" || machineType === "init",
      );
      const addresses = [...new Set(controlPlane.flatMap((member) => member.addresses))];
      await context.put(Endpoint, "discovery", { addresses: addresses.toSorted(byNumber), hosts: [] });
    },
  });

const byNumber = new Intl.Collator("en", { numeric: true }).compare;
