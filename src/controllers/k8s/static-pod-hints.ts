import { defineController } from "../../cosi/controller.ts";
import { StaticPodStatus } from "../../resources/k8s/static-pod-status.ts";
import { type ContainerStatus, containersOf } from "./pod-status.ts";

/** A container that waits for these is on its way. */
const underWay: ReadonlySet<string> = new Set(["ContainerCreating", "PodInitializing", ""]);
/** Between the two the kubelet goes to and fro. */
const pulling: ReadonlySet<string> = new Set(["ErrImagePull", "ImagePullBackOff"]);
const maximumWords = 300;
/** What ends again before is not said to run: some look for the API server for ten seconds first. */
const steadyMs = 20_000;

/**
 * Says on the console what keeps a static pod from running: there may be no API server to ask, when it is the API
 * server's. Each trouble once, until it is another or gone.
 */
export const staticPodHintsController = ({ now = () => Date.now() } = {}) => {
  /** The trouble of each container, in few words. */
  const said = new Map<string, string>();
  return defineController({
    name: "k8s.StaticPodHintsController",
    inputs: [{ kind: StaticPodStatus, strength: "weak" }],
    outputs: [],
    async reconcile(context) {
      const pods = await context.list(StaticPodStatus);
      const containers = pods.flatMap(({ metadata, spec }) =>
        containersOf(spec).map((container) => ({
          about: `${metadata.id}:${container.name}`,
          container,
        })),
      );
      for (const { about, container } of containers) {
        const trouble = troubleOf(container);
        if (trouble !== undefined) {
          if (said.get(about) !== trouble.kind) context.log("warn", `${about} does not run: ${trouble.text}`);
          said.set(about, trouble.kind);
        } else if (said.has(about) && container.state?.running !== undefined) {
          const steadyInMs = Date.parse(container.state.running.startedAt ?? "") + steadyMs - now();
          if (steadyInMs > 0) {
            context.requeueAfter(steadyInMs);
            continue;
          }
          context.log("info", `${about} runs`);
          said.delete(about);
        }
      }
      const there = new Set(containers.map(({ about }) => about));
      for (const about of said.keys()) if (!there.has(about)) said.delete(about);
    },
  });
};

interface Trouble {
  /** The same as long as it is said once. */
  readonly kind: string;
  readonly text: string;
}

/** Undefined for a container that runs, is being made, or has done its work. */
function troubleOf({ state, lastState }: ContainerStatus): Trouble | undefined {
  const waiting = state?.waiting;
  const ended = state?.terminated ?? (waiting === undefined ? undefined : lastState?.terminated);
  if (ended !== undefined && ended.exitCode !== 0) {
    const text = `it ended with code ${ended.exitCode ?? "unknown"}${saying(lastWords(ended.message))}`;
    return { kind: text, text };
  }
  const { reason = "", message } = waiting ?? {};
  if (underWay.has(reason)) return undefined;
  return { kind: pulling.has(reason) ? "pulling" : reason, text: `${reason}${saying(message)}` };
}

/** Programs say at the end why they end; when they say it differs each time. */
const lastWords = (text = ""): string =>
  (text.trimEnd().split("\n").at(-1) ?? "").replace(/^[IWEF]\d{4} [\d:.]+ +\d+ /, "");

function saying(text = ""): string {
  const words = text.trim().replace(/\s+/g, " ");
  return words === "" ? "" : `: ${words.slice(0, maximumWords)}`;
}
