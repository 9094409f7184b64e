import { Doorbell } from "../../../async/doorbell.ts";
import { defineController } from "../../../cosi/controller.ts";
import { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import { ProbeStatus } from "../../../resources/network/probe-status.ts";
import { runProbe } from "./probe-run.ts";

/** A probe under way, and how it went lately; undefined until there is something to say. */
interface Running {
  readonly spec: ProbeSpec;
  readonly stopping: AbortController;
  status: ProbeStatus | undefined;
}

/** Tries the connections that tell whether the network works, and shows how that goes. */
export const probeController = () => {
  const probes = new Map<string, Running>();
  const changed = new Doorbell();
  const stop = (id: string) => {
    probes.get(id)?.stopping.abort();
    probes.delete(id);
  };
  const start = (id: string, spec: ProbeSpec, log: (message: string) => void): Running => {
    const running: Running = { spec, stopping: new AbortController(), status: undefined };
    const note = (status: ProbeStatus) => {
      if (Bun.deepEquals(status, running.status)) return;
      if (!status.success && running.status?.success !== false) log(`the probe ${id} fails: ${status.lastError}`);
      if (status.success && running.status?.success === false) log(`the probe ${id} works again`);
      running.status = status;
      changed.ring();
    };
    void runProbe(spec, note, running.stopping.signal);
    probes.set(id, running);
    return running;
  };
  return defineController({
    name: "network.ProbeController",
    inputs: [{ kind: ProbeSpec, strength: "weak" }],
    outputs: [{ kind: ProbeStatus, sharing: "exclusive" }],
    async *wakeOn(signal) {
      yield* changed.rings(signal);
      for (const id of [...probes.keys()]) stop(id);
    },
    async reconcile(context) {
      const specs = (await context.list(ProbeSpec)).filter(({ metadata }) => metadata.phase === "running");
      const wanted = new Map(specs.map(({ metadata, spec }) => [metadata.id, spec]));
      for (const [id, { spec }] of [...probes]) if (!Bun.deepEquals(wanted.get(id), spec)) stop(id);
      for (const [id, spec] of wanted) {
        const { status } = probes.get(id) ?? start(id, spec, (message) => context.log("info", message));
        if (status !== undefined) await context.put(ProbeStatus, id, status);
      }
    },
  });
};
