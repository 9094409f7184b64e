import type { NetworkArguments } from "../../platform/network-arguments.ts";
import { AddressSpec } from "../../resources/network/address-spec.ts";
import { LinkSpec } from "../../resources/network/link-spec.ts";
import { OperatorSpec } from "../../resources/network/operator-spec.ts";
import { RouteSpec } from "../../resources/network/route-spec.ts";
import { memberContradiction } from "./contradictions.ts";
import { addressSpecs, linkSpecs, loopbackAddresses, operatorSpecs, routeSpecs, vipSpecs } from "./wanted/specs.ts";
import { wishController } from "./wish-controller.ts";

/** What the configuration, the command line and defaults want of links, addresses, routes and who asks for them. */
export const linkConfigController = (cmdline: NetworkArguments) =>
  wishController({
    ...{ name: "network.LinkConfigController", kind: LinkSpec, specsOf: linkSpecs, cmdline },
    contradiction: ({ devices, argumentDevices }) =>
      memberContradiction(
        "configuration",
        devices.filter(({ ignore }) => !ignore),
      ) ?? memberContradiction("cmdline", argumentDevices),
  });

/** @param isOurs whether the loopback is the machine's to set up: a container's is its runtime's */
export const addressConfigController = (
  cmdline: NetworkArguments,
  { isOurs = true }: { readonly isOurs?: boolean } = {},
) =>
  wishController({
    ...{ name: "network.AddressConfigController", kind: AddressSpec, cmdline },
    specsOf: (world) => new Map([...(isOurs ? loopbackAddresses : []), ...addressSpecs(world)]),
  });

export const routeConfigController = (cmdline: NetworkArguments) =>
  wishController({ name: "network.RouteConfigController", kind: RouteSpec, specsOf: routeSpecs, cmdline });

export const operatorConfigController = (cmdline: NetworkArguments) =>
  wishController({ name: "network.OperatorConfigController", kind: OperatorSpec, specsOf: operatorSpecs, cmdline });

export const vipConfigController = (cmdline: NetworkArguments) =>
  wishController({ name: "network.OperatorVIPConfigController", kind: OperatorSpec, specsOf: vipSpecs, cmdline });
