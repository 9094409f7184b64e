import { readYaml, type YamlNode } from "../config/yaml.ts";

/**
 * A map of a YAML document that somebody else wrote, for a program that knows more than we do: fields are asked for by
 * name, and what is missing, or of another type, reads as nothing.
 */
export interface ForeignMap {
  has(name: string): boolean;
  /** As it was written: `007` is no number. */
  text(name: string): string | undefined;
  /** A whole number from 0. */
  number(name: string): number | undefined;
  flag(name: string): boolean;
  /** The items of a list, or a single one in its place. */
  texts(name: string): readonly string[];
  map(name: string): ForeignMap;
  /** The maps of a list. */
  maps(name: string): readonly ForeignMap[];
  /** The entries of a map that are maps, by key. */
  entries(name: string): readonly (readonly [key: string, map: ForeignMap])[];
}

/** A document's map; undefined when the text is no YAML, or no map. */
export function readForeignMap(text: string): ForeignMap | undefined {
  const [document] = readYaml(text).documents;
  return document?.kind === "map" ? foreignMap(document) : undefined;
}

function foreignMap(node: YamlNode | undefined): ForeignMap {
  const values = new Map(node?.kind === "map" ? node.entries.map(({ key, value }) => [key, value]) : []);
  const itemsOf = (name: string): readonly YamlNode[] => {
    const value = values.get(name);
    return value?.kind === "list" ? value.items : [];
  };
  return {
    has: (name) => values.has(name),
    text: (name) => textOf(values.get(name)),
    number: (name) => numberOf(textOf(values.get(name))),
    flag: (name) => /^(?:true|yes|on)$/i.test(textOf(values.get(name)) ?? ""),
    texts: (name) => [...itemsOf(name), values.get(name)].map(textOf).filter((text) => text !== undefined),
    map: (name) => foreignMap(values.get(name)),
    maps: (name) => itemsOf(name).map(foreignMap),
    entries: (name) => {
      const value = values.get(name);
      return value?.kind === "map" ? value.entries.map(({ key, value: inner }) => [key, foreignMap(inner)]) : [];
    },
  };
}

function textOf(node: YamlNode | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null) return undefined;
  return typeof node.value === "string" ? node.value : node.source;
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
