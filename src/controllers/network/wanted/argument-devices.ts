import type { MadeLinkArgument } from "../../../platform/link-arguments.ts";
import { bondOf } from "./bond.ts";
import { type Device, plainDevice } from "./device.ts";
import { type LinkNames, vlanName } from "./v1alpha1-devices.ts";

/** The links of the command line: those that `ip=` names come up, those of `bond=`, `bridge=` and `vlan=` are made. */
export const argumentLinks = (
  named: readonly string[],
  made: readonly MadeLinkArgument[],
  names: LinkNames,
): readonly Device[] => [
  // Those that are made come after, and say more of the same link.
  ...named.map((name): Device => ({ ...plainDevice, name })),
  ...made.map((argument) => deviceOf(argument, names)),
];

function deviceOf(argument: MadeLinkArgument, { resolve, indexOf }: LinkNames): Device {
  if (argument.kind === "vlan") {
    const { parent, id } = argument;
    const made = { kind: "vlan", parent: resolve(parent), id, protocol: "802.1q" } as const;
    // Whatever form the tag was written in, the link has the same name as elsewhere.
    return { ...plainDevice, name: vlanName(parent, id), made };
  }
  const { name } = argument;
  const members = argument.members.map(resolve);
  if (argument.kind === "bridge") {
    return { ...plainDevice, name, members, made: { kind: "bridge", stp: false, vlanFiltering: false } };
  }
  const primary = argument.primary === undefined ? undefined : indexOf(resolve(argument.primary));
  const made = { kind: "bond", settings: bondOf({ ...argument.settings, primary }) } as const;
  return { ...plainDevice, name, members, mtu: argument.mtu, made };
}
