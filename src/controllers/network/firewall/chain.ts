import { defineController } from "../../../cosi/controller.ts";
import { messageOf } from "../../../errors/message.ts";
import type { Nftables } from "../../../netlink/nftables/nftables.ts";
import type { Chain, Table } from "../../../netlink/nftables/table.ts";
import { NfTablesChain } from "../../../resources/network/nftables-chain.ts";
import { nftablesChainHook, nftablesChainPriority } from "../../../resources/network/nftables-names.ts";
import { compileRule } from "./compile-rule.ts";

const tableName = "talos";
const retryMs = 5_000;

export interface ChainHost {
  /** Sees to it that the kernel knows what the rules are made of; called once, before the first of them. */
  readonly loadModules: () => Promise<void>;
  readonly openNftables: () => Nftables;
}

/**
 * Gives the kernel the chains that there should be, all at once. The table is ours alone, so what was brought there
 * stays: counters begin anew only where something changes.
 */
export const nftablesChainController = ({ loadModules, openNftables }: ChainHost) => {
  let nftables: Nftables | undefined;
  let applied = "";
  let told = "";
  return defineController({
    name: "network.NfTablesChainController",
    inputs: [{ kind: NfTablesChain, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const specs = (await context.list(NfTablesChain)).filter(({ metadata }) => metadata.phase === "running");
      // Most machines have no firewall; they need neither the modules nor a socket.
      if (specs.length === 0 && nftables === undefined) return;
      const chains = specs.map(({ metadata, spec }) => [metadata.id, spec] as const);
      const wanted = JSON.stringify(chains);
      if (wanted === applied) return;
      try {
        if (nftables === undefined) await loadModules();
        nftables ??= openNftables();
        if (chains.length === 0) nftables.deleteTable(tableName);
        else nftables.replaceTable(tableOf(chains));
        applied = wanted;
        told = "";
        context.log("info", chains.length === 0 ? "the firewall is off" : `the firewall is ${namesOf(chains)}`);
      } catch (thrown) {
        // The rules before are still in force.
        const problem = messageOf(thrown);
        if (told !== problem) context.log("error", problem);
        told = problem;
        context.requeueAfter(retryMs);
      }
    },
  });
};

type NamedChain = readonly [name: string, spec: NfTablesChain];

const tableOf = (chains: readonly NamedChain[]): Table => ({ name: tableName, chains: chains.map(compileChain) });

const compileChain = ([name, { type, hook, priority, policy, rules }]: NamedChain): Chain => ({
  ...{ name, type, policy },
  hook: nftablesChainHook.numbers[hook],
  priority: nftablesChainPriority.numberOf(priority),
  rules: rules.flatMap(compileRule),
});

const namesOf = (chains: readonly NamedChain[]): string =>
  `on: ${chains.map(([name, { rules }]) => `${name} with ${rules.length} rules`).join(", ")}`;
