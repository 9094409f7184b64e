/** An edge between a controller and a type of resources. */
export interface ControllerEdge {
  readonly controller_name: string;
  /** inspect.DependencyEdgeType. */
  readonly edge_type: number;
  readonly resource_namespace: string;
  readonly resource_type: string;
  readonly resource_id: string;
}

/** How each kind of edge is drawn; outputs leave the controller, inputs enter it. */
const styles: Readonly<Record<number, { readonly output: boolean; readonly attributes: string }>> = {
  0: { output: true, attributes: "style=solid" },
  3: { output: true, attributes: "style=solid, arrowhead=empty" },
  1: { output: false, attributes: "style=solid" },
  2: { output: false, attributes: "style=dotted" },
  4: { output: false, attributes: "style=dashed" },
};

/**
 * The graph of controllers (boxes) and resources (rounded) in the language of Graphviz.
 * @param ids resources that there are, by `namespace/type`; left out, only types are drawn.
 */
export function controllerGraph(
  edges: readonly ControllerEdge[],
  ids?: ReadonlyMap<string, readonly string[]>,
): string {
  const lines = new Set<string>(["  rankdir=LR;", "  node [fontname=sans];"]);
  for (const edge of edges) {
    const { controller_name: controller, resource_type: type, resource_namespace: namespace } = edge;
    const style = styles[edge.edge_type] ?? { output: false, attributes: "color=red" };
    const resource = `${namespace}/${type}${edge.resource_id === "" ? "" : `/${edge.resource_id}`}`;
    const label = edge.resource_id === "" ? "" : `, label=${quoted(edge.resource_id)}`;
    lines.add(`  ${quoted(controller)} [shape=box, style=filled, fillcolor=lightblue];`);
    lines.add(`  ${quoted(`${namespace}/${type}`)} [shape=box, style=rounded, label=${quoted(type)}];`);
    const [from, to] = style.output ? [controller, `${namespace}/${type}`] : [`${namespace}/${type}`, controller];
    lines.add(`  ${quoted(from)} -> ${quoted(to)} [${style.attributes}${label}];`);
    for (const id of resource === `${namespace}/${type}` ? (ids?.get(resource) ?? []) : []) {
      lines.add(`  ${quoted(`${resource}/${id}`)} [shape=note, label=${quoted(id)}];`);
      lines.add(`  ${quoted(resource)} -> ${quoted(`${resource}/${id}`)} [arrowhead=none, color=gray];`);
    }
  }
  return `digraph controllers {\n${[...lines].join("\n")}\n}\n`;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
