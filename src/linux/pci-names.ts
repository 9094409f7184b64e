import { readFileSync } from "node:fs";

/** What makers and products are called, by their numbers; from the list that the PCI ID project keeps. */
export interface PciNames {
  readonly vendor?: string;
  readonly product?: string;
}

const list = "/usr/share/misc/pci.ids";

/**
 * Looks up a device of the PCI bus. The list is read each time and not kept: machines have few devices.
 * @param vendor `0x8086`, as sysfs has it
 * @param product `0x100e`
 * @returns without what the list does not know, or where there is no list
 */
export function pciNames(vendor: string, product: string, path: string = list): PciNames {
  try {
    return findPciNames(readFileSync(path, "utf8"), digits(vendor), digits(product));
  } catch {
    return {}; // a container has none
  }
}

/** Vendors begin a line, their products are indented by a tab, and what is built of those by two. */
export function findPciNames(text: string, vendor: string, product: string): PciNames {
  const start = text.startsWith(`${vendor}  `) ? 0 : text.indexOf(`\n${vendor}  `) + 1;
  if (start === 0 && !text.startsWith(`${vendor}  `)) return {};
  const [named = "", ...below] = text.slice(start, endOf(text, start)).split("\n");
  const line = below.find((one) => one.startsWith(`\t${product}  `));
  return {
    vendor: named.slice(vendor.length).trim(),
    ...(line === undefined ? {} : { product: line.slice(product.length + 1).trim() }),
  };
}

/** Where the next line begins that is neither indented nor a comment. */
function endOf(text: string, start: number): number {
  const next = /\n[^\t#\n]/g;
  next.lastIndex = start;
  return next.exec(text)?.index ?? text.length;
}

const digits = (number: string): string => number.toLowerCase().replace(/^0x/, "");
