import { defineController } from "../../../cosi/controller.ts";
import type { Ethtool } from "../../../netlink/ethtool/ethtool.ts";
import { type Feature, featureState } from "../../../netlink/ethtool/feature.ts";
import { questionsAbout } from "../../../netlink/ethtool/questions.ts";
import { EthernetStatus } from "../../../resources/network/ethernet-status.ts";
import { duplex, port, wakeOnLanMode } from "../../../resources/network/link-names.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { noted } from "../kernel-news.ts";
import { Shown } from "../shown.ts";

/** Shows what ethtool knows of the links that have something to tell. */
export const ethernetStatusController = (ethtool: Ethtool) => {
  const shown = new Shown(EthernetStatus);
  /** What was answered, about which link as it was then; undefined for one that has nothing to tell. */
  let known: ReadonlyMap<string, { readonly link: LinkStatus; readonly status: EthernetStatus | undefined }> =
    new Map();
  return defineController({
    name: "network.EthernetStatusController",
    // What a cable does changes the link, too.
    inputs: [{ kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: EthernetStatus, sharing: "exclusive" }],
    wakeOn: (signal) =>
      noted(ethtool.changes(signal), () => {
        known = new Map();
      }),
    async reconcile(context) {
      const links = await context.list(LinkStatus);
      const changed = links.filter(({ metadata, spec }) => known.get(metadata.id)?.link !== spec);
      const questions = questionsAbout(changed.map(({ spec }) => spec.index));
      const answers = new Map(questions.flatMap((only) => [...statuses(ethtool, only)]));
      const before = known;
      known = new Map(
        links.map(({ metadata: { id }, spec: link }) => {
          const same = before.get(id);
          return [id, same?.link === link ? same : { link, status: answers.get(link.index) }];
        }),
      );
      await shown.put(
        context,
        [...known].flatMap(([id, { status }]) => (status === undefined ? [] : [[id, status] as const])),
      );
    },
  });
};

/** By the link's index. @param only the one link to ask */
function statuses(ethtool: Ethtool, only?: number): ReadonlyMap<number, EthernetStatus> {
  const [states, modes, features] = [ethtool.linkStates(only), ethtool.linkModes(only), ethtool.features(only)];
  const [rings, channels, wakeUps] = [ethtool.rings(only), ethtool.channels(only), ethtool.wakeOnLan(only)];
  return new Map(
    [...ethtool.ports(only)].map(([index, portNumber]): [number, EthernetStatus] => {
      const mode = modes.get(index);
      const wakeUp = wakeUps.get(index);
      return [
        index,
        {
          ...optional({ linkState: states.get(index), rings: rings.get(index), channels: channels.get(index) }),
          ...optional({ speedMbit: mode?.speedMbit, features: features.get(index)?.map(featureStatus) }),
          port: port.nameOf(portNumber) ?? "Other",
          duplex: duplex.nameOf(mode?.duplex ?? 0) ?? "Unknown",
          ...(mode === undefined || mode.ours.length === 0 ? {} : { ourModes: mode.ours }),
          ...(mode === undefined || mode.peer.length === 0 ? {} : { peerModes: mode.peer }),
          ...(wakeUp === undefined || wakeUp === 0 ? {} : { wakeOnLAN: modesOf(wakeUp) }),
        },
      ];
    }),
  );
}

const featureStatus = (feature: Feature) => ({ name: feature.name, status: featureState(feature) });

const modesOf = (mask: number) =>
  Object.values(wakeOnLanMode.numbers).flatMap((bit) => ((mask & bit) === 0 ? [] : (wakeOnLanMode.nameOf(bit) ?? [])));

/** Without what is unknown. */
const optional = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
