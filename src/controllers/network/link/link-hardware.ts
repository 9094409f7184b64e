import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../../errors/message.ts";
import { EthernetDrivers } from "../../../linux/ethernet-driver.ts";
import { pciNames } from "../../../linux/pci-names.ts";
import { Ethtool } from "../../../netlink/ethtool/ethtool.ts";
import { questionsAbout } from "../../../netlink/ethtool/questions.ts";
import type { Link } from "../../../netlink/rtnetlink/link.ts";
import { duplex, port } from "../../../resources/network/link-names.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import { noted } from "../kernel-news.ts";

/** What a link is made of does not change while it is there. */
interface Device {
  readonly name: string;
  readonly facts: DeviceFacts;
}
type DeviceFacts = Pick<
  LinkStatus,
  | ("driver" | "driverVersion" | "firmwareVersion" | "busPath" | "pciID")
  | ("productID" | "vendorID" | "product" | "vendor")
>;
type CableFacts = Pick<LinkStatus, "linkState" | "port" | "duplex" | "speedMbit">;
export type HardwareFacts = CableFacts & DeviceFacts;

/** A link, and what was answered about it as it was then. */
export interface LinkFacts {
  readonly link: Link;
  readonly facts: HardwareFacts;
}

/** What rtnetlink does not know of links: the carrier as the driver sees it, speed, driver and place in the machine. */
export class LinkHardware implements Disposable {
  readonly #drivers = new EthernetDrivers();
  readonly #ethtool: Ethtool | undefined;
  readonly #sys: string;
  readonly #devices = new Map<number, Device>();
  /** By index, alone in a list: what others make of it they make of lists that stay the same. */
  readonly #known = new Map<number, readonly [LinkFacts]>();
  /** Why nobody can be asked about cables, if so. */
  readonly problem: string | undefined;

  /** @param sys where sysfs is */
  constructor(sys = "/sys") {
    this.#sys = sys;
    try {
      this.#ethtool = Ethtool.open();
    } catch (thrown) {
      this.problem = messageOf(thrown);
    }
  }

  [Symbol.dispose](): void {
    this.#drivers[Symbol.dispose]();
    this.#ethtool?.[Symbol.dispose]();
  }

  /** What tells of changes that are made by ethtool; nothing where there is no ethtool. */
  get news(): readonly ((signal: AbortSignal) => AsyncIterable<unknown>)[] {
    const ethtool = this.#ethtool;
    const forget = () => this.#known.clear();
    return ethtool === undefined ? [] : [(signal) => noted(ethtool.changes(signal), forget)];
  }

  /**
   * The links that are there now with their facts, by index, each alone in a list. While a link is the same object as
   * before, so is its list. The map is only good until the next reading.
   */
  read(links: readonly Link[]): ReadonlyMap<number, readonly [LinkFacts]> {
    const changed = links.filter((link) => this.#known.get(link.index)?.[0].link !== link);
    for (const link of changed) this.#devices.set(link.index, this.#deviceOf(link));
    for (const only of questionsAbout(changed.map(({ index }) => index))) {
      for (const answer of this.#ask(only, changed)) this.#known.set(answer.link.index, [answer]);
    }
    this.#forgetOthers(links);
    return this.#known;
  }

  #forgetOthers(links: readonly Link[]): void {
    if (this.#known.size === links.length && this.#devices.size === links.length) return;
    const indexes = new Set(links.map(({ index }) => index));
    for (const map of [this.#known, this.#devices]) {
      for (const index of map.keys()) if (!indexes.has(index)) map.delete(index);
    }
  }

  /** @param only the one of these links to ask about */
  #ask(only: number | undefined, links: readonly Link[]): LinkFacts[] {
    const asked = only === undefined ? links : links.filter(({ index }) => index === only);
    const states = this.#ethtool?.linkStates(only);
    const ports = this.#ethtool?.ports(only);
    const modes = this.#ethtool?.linkModes(only);
    return asked.map((link) => {
      const mode = modes?.get(link.index);
      const cable: CableFacts = {
        linkState: states === undefined ? link.isUp && link.hasCarrier : (states.get(link.index) ?? false),
        port: port.nameOf(ports?.get(link.index) ?? -1) ?? "Other",
        duplex: duplex.nameOf(mode?.duplex ?? -1) ?? "Unknown",
        ...(mode === undefined || mode.speedMbit === 0 ? {} : { speedMbit: mode.speedMbit }),
      };
      return { link, facts: { ...cable, ...this.#devices.get(link.index)?.facts } };
    });
  }

  #deviceOf({ index, name, kind }: Link): Device {
    const known = this.#devices.get(index);
    if (known?.name === name) return known;
    const { driver, version = "", firmwareVersion = "", busInfo = "" } = this.#drivers.of(name) ?? {};
    const device = kind === undefined ? this.#uevent(name) : new Map<string, string>();
    const pci = busInfo === "" ? undefined : join(this.#sys, "bus/pci/devices", busInfo);
    const facts: DeviceFacts = said({
      driver: device.get("DRIVER") ?? driver ?? "",
      driverVersion: version,
      firmwareVersion,
      busPath: device.get("PCI_SLOT_NAME") ?? busInfo,
      pciID: device.get("PCI_ID") ?? "",
      ...(pci === undefined ? {} : this.#makerOf(pci)),
    });
    return { name, facts };
  }

  #makerOf(pci: string): Partial<DeviceFacts> {
    const [vendorID, productID] = [textOf(join(pci, "vendor")), textOf(join(pci, "device"))];
    return vendorID === "" ? {} : { vendorID, productID, ...pciNames(vendorID, productID) };
  }

  /** What the kernel tells of the device behind a link: its bus's own names. */
  #uevent(name: string): ReadonlyMap<string, string> {
    const lines = textOf(join(this.#sys, "class/net", name, "device/uevent")).split("\n");
    return new Map(lines.map((line) => [line.replace(/=.*/, ""), line.replace(/^[^=]*=/, "")]));
  }
}

/** Without what is empty. */
const said = (facts: DeviceFacts): DeviceFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, text]) => text !== ""));

/** A small file of sysfs; empty when there is none. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
