import type { TestMachine } from "./machine.ts";

/** A resource as `talosctl get -o json` shows it. */
export interface ShownResource {
  readonly node: string;
  readonly metadata: { readonly id: string; readonly namespace: string; readonly owner: string };
  // biome-ignore lint/suspicious/noExplicitAny: each type has fields of its own, and tests name them
  readonly spec: any;
}

/** Resources of a type by their ids, asked for as a person would. */
export async function resources(
  machine: Pick<TestMachine, "ask">,
  type: string,
  ...args: readonly string[]
): Promise<Map<string, ShownResource>> {
  const text = await machine.ask("get", type, "-o", "json", ...args);
  // One object after another, each closed at the beginning of a line.
  const shown = text.split(/^(?=\{$)/m).filter((part) => part.trim() !== "");
  return new Map(
    shown.map((part): [string, ShownResource] => {
      const resource: ShownResource = JSON.parse(part);
      return [resource.metadata.id, resource];
    }),
  );
}
