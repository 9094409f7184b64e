import { documentsOf } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { EthernetSpec } from "../../../resources/network/ethernet-spec.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";

type EthernetDocument = ReturnType<typeof documentsOf<"EthernetConfig">>[number];

/** How `EthernetConfig` documents want the hardware of links; the id is the link's name, or its alias. */
export const ethernetConfigController = () =>
  defineController({
    name: "network.EthernetConfigController",
    inputs: [activeConfigInput],
    outputs: [{ kind: EthernetSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      if (config === undefined) return;
      for (const document of documentsOf(config, "EthernetConfig")) {
        if (document.name !== undefined) await context.put(EthernetSpec, document.name, specOf(document));
      }
    },
  });

const specOf = ({ rings, channels, features, wakeOnLan }: EthernetDocument): EthernetSpec => ({
  ...(isEmpty(rings) ? {} : { rings: said(rings) }),
  ...(isEmpty(features) ? {} : { features: said(features) }),
  ...(isEmpty(channels) ? {} : { channels: said(channels) }),
  ...(wakeOnLan.length === 0 ? {} : { wakeOnLan: wakeOnLan.filter((mode) => mode !== undefined) }),
});

const isEmpty = (section: object): boolean => Object.values(section).every((value) => value === undefined);

type Said<S> = { [K in keyof S]: Exclude<S[K], undefined> };

/** Without what is not said. */
const said = <S extends object>(section: S): Said<S> =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined)) as Said<S>;
