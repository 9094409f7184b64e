import { isIP } from "node:net";
import { defineController } from "../../cosi/controller.ts";
import { Failure } from "../../errors/failure.ts";
import { resolveHost } from "../../net/resolve-host.ts";
import { Endpoint } from "../../resources/k8s/endpoint.ts";
import { activeConfig, activeConfigInput } from "../active-config.ts";
import { hostOf } from "./url-host.ts";

/** A name may get other addresses; whoever asks resolvers more often than this is a burden to them. */
const resolveAgainMs = 5 * 60_000;
const resolveTimeoutMs = 30_000;

/** @returns addresses of a host, in the order to try them. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

const resolveByDns: Resolve = async (host, signal) => {
  try {
    return await resolveHost(host, signal);
  } catch (cause) {
    throw new Failure(`Cannot find the control plane: the name ${host} does not resolve`, {
      cause,
      hint: "cluster.controlPlane.endpoint names it, and machine.network.nameservers who is asked",
    });
  }
};

/** Finds the control plane where the configuration says it is. */
export const staticEndpointController = ({ resolve = resolveByDns }: { readonly resolve?: Resolve } = {}) =>
  defineController({
    name: "k8s.StaticEndpointController",
    inputs: [activeConfigInput],
    outputs: [{ kind: Endpoint, sharing: "shared" }],
    async reconcile(context) {
      const endpoint = (await activeConfig(context))?.cluster.controlPlane.endpoint;
      const url = endpoint === undefined ? null : URL.parse(endpoint);
      const host = url === null ? "" : hostOf(url);
      if (host === "") return context.destroy(Endpoint, "controlplane");
      if (isIP(host) !== 0) {
        await context.put(Endpoint, "controlplane", { addresses: [host], hosts: [] });
        return;
      }
      const patience = AbortSignal.any([context.signal, AbortSignal.timeout(resolveTimeoutMs)]);
      const addresses = [...new Set(await resolve(host, patience))];
      await context.put(Endpoint, "controlplane", { addresses, hosts: [host] });
      context.requeueAfter(resolveAgainMs);
    },
  });
