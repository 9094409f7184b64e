import { roles } from "../../src/pki/role.ts";
import { type MethodName, methods } from "../../src/proto/methods.ts";
import { blocks, code, type Page, table } from "./markdown.ts";

const kinds = {
  unary: "one answer",
  serverStream: "stream of answers",
  clientStream: "stream of requests",
  bidi: "both",
};

/** Every method of the machine's API: who may call it, and where. */
export function apiPage(): Page {
  const services = Map.groupBy(Object.keys(methods) as MethodName[], (name) => name.slice(0, name.indexOf("/")));
  const text = blocks(
    "# API",
    `gRPC on port 50000, with mutual TLS. A caller's roles are the organizations of its certificate: ${roles.map(code).join(", ")}. Any one of the roles of a method suffices; a method that is not listed is for \`os:admin\`.`,
    "**Maintenance** methods answer anyone while the machine has no config. **Several nodes** says what apid does with a call that names several machines in its metadata `nodes`: it *joins* their answers into one, or *refuses* it; then they are asked one by one with `node`.",
    ...[...services].flatMap(([service, names]) => [`## ${service}`, methodTable(names)]),
  );
  return { path: "api.md", text };
}

function methodTable(names: readonly MethodName[]): string {
  const rows = names.map((name) => {
    const { kind, request, response, roles, maintenance, fanOut } = methods[name];
    return [
      code(name.slice(name.indexOf("/") + 1)),
      `${code(nameOf(request))} → ${code(nameOf(response))}`,
      kinds[kind],
      roles.length === 0 ? "served by trustd, to holders of the machine token" : roles.map(code).join(", "),
      maintenance ? "yes" : "",
      fanOut === "refuse" ? "refuses" : "joins",
    ];
  });
  return table(["Method", "Messages", "Kind", "Roles", "Maintenance", "Several nodes"], rows);
}

/** Of a generated class. */
const nameOf = (message: object): string => ("name" in message ? String(message.name) : "");
