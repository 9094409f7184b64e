import { addressOf, destinationOf, prefixOf } from "../foreign-address.ts";
import type { SeedRoute } from "./seed-network.ts";

/** What is wanted on one link, gathered from where either version says it. */
export class LinkWishes {
  readonly addresses: string[] = [];
  readonly routes: SeedRoute[] = [];
  dhcp4: number | undefined = undefined;
  dhcp6: number | undefined = undefined;
  readonly #link: string;
  readonly #problems: string[];

  constructor(link: string, problems: string[]) {
    this.#link = link;
    this.#problems = problems;
  }

  address(text: string | undefined, mask?: string): void {
    const prefix = prefixOf(text, mask);
    if (prefix === undefined) this.#tell(`"${text ?? ""}"${mask === undefined ? "" : ` with "${mask}"`} is no address`);
    else this.addresses.push(prefix);
  }

  /** A route to everywhere. */
  gateway(text: string | undefined): void {
    if (text !== undefined) this.route({ to: undefined, via: text });
  }

  route(route: {
    readonly to: string | undefined;
    readonly via: string | undefined;
    readonly mask?: string | undefined;
    readonly metric?: number | undefined;
    readonly table?: number | undefined;
    readonly isOnLink?: boolean;
  }): void {
    const { to, via, mask, metric, table, isOnLink = false } = route;
    const gateway = addressOf(via);
    const destination = destinationOf(to, mask);
    if (gateway === undefined) this.#tell(`the gateway "${via ?? ""}" is no address`);
    else if (destination === undefined) this.#tell(`"${to}" is no network that a route could lead to`);
    else this.routes.push({ destination, gateway, metric, table, isOnLink });
  }

  #tell(problem: string): void {
    this.#problems.push(`Cannot use all of the seed's network-config for the link "${this.#link}": ${problem}`);
  }
}

/** Those of the texts that are addresses; the others are told. */
export function serversOf(texts: readonly string[], problems: string[]): string[] {
  return texts.flatMap((text) => {
    const server = addressOf(text);
    if (server === undefined) problems.push(`Cannot use the seed's DNS server "${text}": it is no address`);
    return server ?? [];
  });
}
