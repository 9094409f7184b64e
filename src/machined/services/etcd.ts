import { localEtcd } from "../../controllers/etcd/local.ts";
import { Failure } from "../../errors/failure.ts";
import { explained } from "../../etcd/explain.ts";
import { EtcdSpec } from "../../resources/etcd/etcd-spec.ts";
import { PKIStatus } from "../../resources/etcd/pki-status.ts";
import { container } from "../containers/container.ts";
import { beginnings } from "../etcd/beginning.ts";
import { etcdContainer } from "../etcd/container.ts";
import { type EtcdPlace, etcdPlace } from "../etcd/place.ts";
import { promoteItself } from "../etcd/promote.ts";
import type { ContainerRunner } from "../etcd/restore.ts";
import { resourceReady, timeInSync, whenResource } from "../supervisor/conditions.ts";
import type { Runner } from "../supervisor/runner.ts";
import { defineService, type ServiceDefinition, type ServiceHost } from "../supervisor/service.ts";
import { ownersEnvironment } from "./owners-environment.ts";

export interface EtcdServiceOptions {
  readonly place?: EtcdPlace;
  readonly runner?: ContainerRunner;
}

/** Keeps the cluster's state, on control plane machines. */
export const etcdService = ({ place = etcdPlace, runner = container }: EtcdServiceOptions = {}): ServiceDefinition =>
  defineService({
    id: "etcd",
    machineTypes: ["controlplane"],
    runs: (host) => etcdRunner(host, { place, runner }),
    after: ["containerd"],
    restartsOn: [{ kind: EtcdSpec, id: "etcd" }],
    waitsFor: [
      timeInSync,
      resourceReady("etcd spec", EtcdSpec, "etcd"),
      resourceReady("etcd certificates", PKIStatus, "etcd", ({ ready }) => ready),
    ],
    afterStart: promoteItself,
    health: { check, initialDelayMs: 100, intervalMs: 5_000, timeoutMs: 15_000 },
    // A member that is killed while it hands over leadership costs the others an election.
    stopGraceMs: 30_000,
  });

export const etcd = etcdService();

function etcdRunner(host: ServiceHost, { place, runner }: Required<EtcdServiceOptions>): Runner {
  const { state } = host;
  const begin = beginnings(host, { place, runner });
  return {
    async start(context) {
      const beginning = await begin(context);
      const plan = async () => {
        const spec = await whenResource(state, EtcdSpec, "etcd", () => true, context.signal);
        const added = await ownersEnvironment(state);
        return {
          image: spec.image,
          spec: ({ config }: { readonly config: { readonly environment: Readonly<Record<string, string>> } }) =>
            etcdContainer({ spec, beginning, place }, { ...config.environment, ...added }),
        };
      };
      return await runner({ plan })(host).start(context);
    },
  };
}

/** Asks the member as its administrator: it is healthy when it votes, can commit, and has raised no alarm. */
async function check({ state }: ServiceHost, signal: AbortSignal): Promise<void> {
  using etcd = await localEtcd(state);
  if (etcd === undefined) throw new Failure("Cannot ask etcd: there is no certificate");
  const { isLearner, errors } = await etcd.status({ signal });
  if (isLearner) throw new Failure("Cannot serve yet: this member catches up with the others, and has no vote");
  await etcd.checkQuorum({ signal }).catch((thrown: unknown) => {
    throw explained(thrown);
  });
  // Its words for an alarm are `memberID:… alarm:NOSPACE`.
  if (errors.length > 0) throw new Failure(`Cannot serve everything: ${errors.join(", ")}`);
}
