import { parseMachineConfig } from "../../config/parse.ts";
import type { Handlers } from "../../grpc/handler.ts";
import { implement } from "../../grpc/implement.ts";
import { Code, StatusError } from "../../grpc/status.ts";
import { methods } from "../../proto/methods.ts";

/** What a machine was sent. */
export interface Received {
  readonly text: string;
  readonly mode: number;
  readonly dryRun: boolean;
  readonly tryTimeoutMs: number;
}

/** Answers of a machine that has a config, and takes any that reads as one; and what it was sent so far. */
export function configMachine(config: string): { readonly services: Handlers; readonly received: Received[] } {
  const received: Received[] = [];
  let active = config;
  return {
    received,
    services: {
      "machine.MachineService/ApplyConfiguration": implement(
        methods["machine.MachineService/ApplyConfiguration"],
        async ({ data, mode, dry_run: dryRun, try_mode_timeout: timeout }, call) => {
          const text = Buffer.from(data).toString("utf8");
          const tryTimeoutMs = Number(timeout?.seconds ?? 0) * 1_000 + (timeout?.nanos ?? 0) / 1e6;
          received.push({ text, mode, dryRun, tryTimeoutMs });
          const nodes = call.metadata.get("nodes");
          try {
            parseMachineConfig(text);
          } catch (cause) {
            const message = cause instanceof Error ? cause.message : String(cause);
            if (nodes === undefined) throw new StatusError(Code.invalidArgument, message);
            // Of several nodes apid tells in the answer what went wrong.
            const error = `rpc error: code = InvalidArgument desc = ${message}`;
            return { messages: nodes.map((hostname) => ({ metadata: { hostname, error } })) };
          }
          if (!dryRun) active = text;
          return {
            messages: (nodes ?? [""]).map((hostname) => ({
              ...(hostname !== "" && { metadata: { hostname } }),
              warnings: ["it is old\n"],
              mode_details: "Applied configuration without a reboot",
            })),
          };
        },
      ),
      "cosi.resource.State/Get": implement(methods["cosi.resource.State/Get"], async ({ namespace, type, id }) => {
        if (`${namespace}/${type}/${id}` !== "config/MachineConfigs.config.talos.dev/v1alpha1") {
          throw new StatusError(Code.notFound, `resource ${type}(${namespace}/${id}) doesn't exist`);
        }
        const spec = `|\n${active.replace(/^(?=.)/gm, "    ")}`;
        return { resource: { metadata: { namespace, type, id, version: "1" }, spec: { yaml_spec: spec } } };
      }),
    },
  };
}
