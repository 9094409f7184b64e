import { formatDuration } from "../../clock/duration.ts";
import { messageOf } from "../../errors/message.ts";
import type { EventLog, Log } from "../machine.ts";

/** Names that clients see in events; the machine's stage follows from them. */
export type SequenceName = "initialize" | "boot" | "reboot" | "shutdown";

/** One step. Must not assume anything of the other tasks of its phase. */
export interface Task {
  readonly name: string;
  readonly run: (signal: AbortSignal) => void | Promise<void>;
}

/** Tasks that run at the same time; the next phase starts when all have ended. */
export interface Phase {
  readonly name: string;
  readonly tasks: readonly Task[];
}

export interface Sequence {
  readonly name: SequenceName;
  readonly phases: readonly Phase[];
}

/** When a phase ran, in milliseconds since kernel start. */
export interface PhaseTiming {
  readonly sequence: SequenceName;
  readonly phase: string;
  readonly startedMs: number;
  /** Absent while it runs. */
  readonly endedMs?: number;
}

export interface SequenceHost {
  readonly log: Log;
  readonly events: EventLog;
  readonly nowMs: () => number;
  readonly onPhase: (timing: PhaseTiming) => void;
}

export interface RunOptions {
  readonly actorId: string;
  /** Aborts when another sequence takes over. */
  readonly signal: AbortSignal;
}

const start = { sequence: 1, phase: 0, task: 0 } as const;
const stop = { sequence: 2, phase: 1, task: 1 } as const;
/** Code of common.Error for what went wrong in a sequence. */
const FATAL = 0;

/**
 * Runs the phases one after the other, the tasks of each together.
 * @throws the first task's error, after all tasks of its phase have ended; later phases do not run.
 */
export async function runSequence(sequence: Sequence, host: SequenceHost, options: RunOptions): Promise<void> {
  const { name, phases } = sequence;
  const { log, events, nowMs } = host;
  const tell = (value: object) => events.publish({ kind: "machine.SequenceEvent", value }, options.actorId);
  const startedMs = nowMs();
  tell({ sequence: name, action: start.sequence });
  log("info", `${name} sequence: ${phases.length} phase(s)`);
  try {
    for (const [index, phase] of phases.entries()) {
      if (options.signal.aborted) throw options.signal.reason;
      await runPhase(sequence, phase, `phase ${phase.name} (${index + 1}/${phases.length})`, host, options);
    }
    log("info", `${name} sequence: done: ${took(startedMs, nowMs())}`);
    tell({ sequence: name, action: stop.sequence });
  } catch (thrown) {
    log("error", `${name} sequence: failed: ${messageOf(thrown)}`);
    tell({ sequence: name, action: stop.sequence, error: { code: FATAL, message: messageOf(thrown) } });
    throw thrown;
  }
}

async function runPhase(
  sequence: Sequence,
  phase: Phase,
  title: string,
  host: SequenceHost,
  options: RunOptions,
): Promise<void> {
  const { log, events, nowMs, onPhase } = host;
  const tell = (action: number) =>
    events.publish({ kind: "machine.PhaseEvent", value: { phase: phase.name, action } }, options.actorId);
  const startedMs = nowMs();
  const timing = { sequence: sequence.name, phase: phase.name, startedMs };
  tell(start.phase);
  onPhase(timing);
  log("info", `${title}: ${phase.tasks.length} tasks(s)`);
  const count = phase.tasks.length;
  const outcomes = await Promise.allSettled(
    phase.tasks.map((task, index) => runTask(task, `task ${task.name} (${index + 1}/${count})`, host, options)),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    log("error", `${title}: failed`);
    throw failed.reason;
  }
  const endedMs = nowMs();
  tell(stop.phase);
  onPhase({ ...timing, endedMs });
  log("info", `${title}: done, ${took(startedMs, endedMs)}`);
}

async function runTask(task: Task, title: string, host: SequenceHost, { actorId, signal }: RunOptions): Promise<void> {
  const { log, events, nowMs } = host;
  const tell = (action: number) =>
    events.publish({ kind: "machine.TaskEvent", value: { task: task.name, action } }, actorId);
  const startedMs = nowMs();
  tell(start.task);
  log("debug", `${title}: starting`);
  try {
    await task.run(signal);
    log("debug", `${title}: done, ${took(startedMs, nowMs())}`);
  } catch (thrown) {
    log("error", `${title}: failed: ${messageOf(thrown)}`);
    throw thrown;
  } finally {
    tell(stop.task);
  }
}

const took = (startedMs: number, endedMs: number): string => formatDuration(Math.round(endedMs - startedMs));
