import { linkEnvironment } from "../../../config/expressions/environments.ts";
import { predicateOf } from "../../../config/expressions/evaluate.ts";
import { documentsOf } from "../../../config/index.ts";
import { defineController } from "../../../cosi/controller.ts";
import { Failure } from "../../../errors/failure.ts";
import { LinkAliasSpec } from "../../../resources/network/link-alias-spec.ts";
import { duplex, linkType, operationalState, port } from "../../../resources/network/link-names.ts";
import { LinkStatus } from "../../../resources/network/link-status.ts";
import { activeConfig, activeConfigInput } from "../../active-config.ts";
import { Problems } from "../../problems.ts";
import { isPhysical } from "../wanted/world.ts";

/** Nothing but another link or another configuration helps; both wake us. */
const retryMs = 600_000;

type Predicate = Awaited<ReturnType<typeof predicateOf>>;

/** Which links `LinkAliasConfig` documents give names of their own: each the one link of hardware that it picks. */
export const linkAliasConfigController = () => {
  const problems = new Problems(retryMs);
  let predicates: ReadonlyMap<string, Predicate> = new Map();
  return defineController({
    name: "network.LinkAliasConfigController",
    inputs: [activeConfigInput, { kind: LinkStatus, strength: "weak" }],
    outputs: [{ kind: LinkAliasSpec, sharing: "exclusive" }],
    async reconcile(context) {
      const config = await activeConfig(context);
      const documents = config === undefined ? [] : documentsOf(config, "LinkAliasConfig");
      predicates = await compile(documents.map(({ selector }) => selector.match ?? "false"));
      const links = (await context.list(LinkStatus)).filter(({ spec }) => isPhysical(spec));
      const seen = links.map(({ metadata, spec }) => ({ name: metadata.id, variables: { link: variablesOf(spec) } }));
      const aliases = new Map<string, string>();
      for (const { name: alias = "", selector } of documents) {
        await problems.attempt(context, alias, () => {
          const matches = predicates.get(selector.match ?? "false");
          const found = seen.filter(({ variables }) => matches?.(variables) === true).map(({ name }) => name);
          const [link, ...others] = found;
          if (link === undefined) return; // it may come
          if (others.length > 0) throw new Failure(`Cannot find the link "${alias}": ${found.join(", ")} all match`);
          const earlier = aliases.get(link);
          if (earlier !== undefined) {
            throw new Failure(`Cannot call the link ${link} "${alias}": it is called "${earlier}" already`);
          }
          aliases.set(link, alias);
        });
      }
      for (const [link, alias] of aliases) await context.put(LinkAliasSpec, link, { alias });
    },
  });

  /** Those that are known are not read anew with every change of a link. */
  async function compile(texts: readonly string[]): Promise<ReadonlyMap<string, Predicate>> {
    const compiled = new Map<string, Predicate>();
    for (const text of texts) compiled.set(text, predicates.get(text) ?? (await predicateOf(text, linkEnvironment)));
    return compiled;
  }
};

/** A link under the names that expressions know, those of the wire. */
const variablesOf = (link: LinkStatus) => ({
  ...{ alias: link.alias, alt_names: link.altNames, index: link.index, link_index: link.linkIndex, flags: link.flags },
  ...{ type: linkType.numbers[link.type], hardware_addr: bytesOf(link.hardwareAddr) },
  ...{ permanent_addr: bytesOf(link.permanentAddr), broadcast_addr: bytesOf(link.broadcastAddr), mtu: link.mtu },
  ...{ queue_disc: link.queueDisc, master_index: link.masterIndex, kind: link.kind, slave_kind: link.slaveKind },
  ...{ operational_state: operationalState.numbers[link.operationalState], bus_path: link.busPath },
  ...{ pciid: link.pciID, driver: link.driver, driver_version: link.driverVersion, product: link.product },
  ...{ firmware_version: link.firmwareVersion, product_id: link.productID, vendor_id: link.vendorID },
  ...{ vendor: link.vendor, link_state: link.linkState, speed_megabits: link.speedMbit },
  ...{ port: port.numbers[link.port], duplex: duplex.numbers[link.duplex] },
});

const bytesOf = (hardwareAddress: string): Uint8Array => Uint8Array.fromHex(hardwareAddress.replaceAll(":", ""));
