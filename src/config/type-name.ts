import type { Shape } from "./describe.ts";

/** How people call the type of a field: `list of string`. */
export function typeName(shape: Shape): string {
  if (shape.kind === "scalar") return shape.type;
  if (shape.kind === "list" || shape.kind === "map") return `${shape.kind} of ${typeName(shape.of.shape)}`;
  return shape.kind;
}
