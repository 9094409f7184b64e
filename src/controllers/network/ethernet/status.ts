import { defineController } from "../../../cosi/controller.ts";
import type { Ethtool } from "../../../netlink/ethtool/ethtool.ts";
import { type Feature, featureState } from "../../../netlink/ethtool/feature.ts";
import { EthernetStatus } from "../../../resources/network/ethernet-status.ts";
import { duplex, port, wakeOnLanMode } from "../../../resources/network/link-names.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";

/** Shows what ethtool knows of the links that have something to tell. */
export const ethernetStatusController = (ethtool: Ethtool) =>
  defineController({
    name: "network.EthernetStatusController",
    // What a cable does changes the link, too.
    inputs: [{ kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: EthernetStatus, sharing: "exclusive" }],
    wakeOn: (signal) => ethtool.changes(signal),
    async reconcile(context) {
      const names = new Map((await context.list(LinkStatus)).map(({ metadata, spec }) => [spec.index, metadata.id]));
      const [states, modes, features] = [ethtool.linkStates(), ethtool.linkModes(), ethtool.features()];
      const [rings, channels, wakeUps] = [ethtool.rings(), ethtool.channels(), ethtool.wakeOnLan()];
      for (const [index, portNumber] of ethtool.ports()) {
        const name = names.get(index);
        if (name === undefined) continue; // it is new, and LinkStatus follows
        const mode = modes.get(index);
        const wakeUp = wakeUps.get(index);
        await context.put(EthernetStatus, name, {
          ...optional({ linkState: states.get(index), rings: rings.get(index), channels: channels.get(index) }),
          ...optional({ speedMbit: mode?.speedMbit, features: features.get(index)?.map(shown) }),
          port: port.nameOf(portNumber) ?? "Other",
          duplex: duplex.nameOf(mode?.duplex ?? 0) ?? "Unknown",
          ...(mode === undefined || mode.ours.length === 0 ? {} : { ourModes: mode.ours }),
          ...(mode === undefined || mode.peer.length === 0 ? {} : { peerModes: mode.peer }),
          ...(wakeUp === undefined || wakeUp === 0 ? {} : { wakeOnLAN: modesOf(wakeUp) }),
        });
      }
    },
  });

const shown = (feature: Feature) => ({ name: feature.name, status: featureState(feature) });

const modesOf = (mask: number) =>
  Object.values(wakeOnLanMode.numbers).flatMap((bit) => ((mask & bit) === 0 ? [] : (wakeOnLanMode.nameOf(bit) ?? [])));

/** Without what is unknown. */
const optional = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
