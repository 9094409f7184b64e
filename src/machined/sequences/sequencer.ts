import { randomUUID } from "node:crypto";
import { Failure } from "../../errors/failure.ts";
import { messageOf } from "../../errors/message.ts";
import type { Sequencer } from "../machine.ts";
import { runSequence, type Sequence, type SequenceHost, type SequenceName } from "./sequence.ts";

/** Code of common.Error that tells a client that another sequence is running. */
const LOCKED = 1;
const NOOP = 0;

/** Which running sequences the new one may take over without force. */
const takesOver: Readonly<Record<SequenceName, readonly SequenceName[]>> = {
  initialize: [],
  boot: ["initialize"],
  reboot: ["initialize", "boot", "reboot"],
  shutdown: ["initialize", "boot", "reboot"],
};

/** Another sequence holds the machine. */
export class SequenceLockedError extends Failure {
  override readonly name = "SequenceLockedError";
}

/** A sequence did not end because another one, such as a reboot, was more important. */
export class SequenceTakenOverError extends Failure {
  override readonly name = "SequenceTakenOverError";
}

export interface SequencerOptions extends SequenceHost {
  /** Makes the sequence's phases when it starts. */
  readonly plan: Readonly<Record<SequenceName, (options: { readonly force: boolean }) => Sequence>>;
  /** Called when a sequence starts, for the machine's stage. */
  readonly onSequence: (name: SequenceName) => void;
  /** A reboot or shutdown that failed leaves nothing to fall back to. */
  readonly onFatal: (thrown: unknown) => void;
}

interface Running {
  readonly name: SequenceName;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

/** Runs one sequence at a time. */
export class MachineSequencer implements Sequencer {
  readonly #options: SequencerOptions;
  #running: Running | undefined;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  reboot({ mode = "default" }: { readonly mode?: "default" | "powercycle" | "force" } = {}): { actorId: string } {
    return this.#launch("reboot", mode === "force");
  }

  shutdown({ force = false }: { readonly force?: boolean } = {}): { actorId: string } {
    return this.#launch("shutdown", force);
  }

  /** Runs a sequence to its end. @throws Failure when another one holds the machine, or a task's error. */
  async run(name: SequenceName, options: { readonly force?: boolean; readonly actorId?: string } = {}): Promise<void> {
    const { force = false, actorId = "" } = options;
    const running = this.#running;
    if (running !== undefined && !force && !takesOver[name].includes(running.name)) {
      const message = `Cannot run the ${name} sequence: the sequence ${running.name} is running (sequence locked)`;
      const value = { sequence: name, action: NOOP, error: { code: LOCKED, message: "sequence locked" } };
      this.#options.events.publish({ kind: "machine.SequenceEvent", value }, actorId);
      throw new SequenceLockedError(message);
    }
    running?.abort.abort(
      new SequenceTakenOverError(`Cannot go on with the ${running.name} sequence: ${name} took over`),
    );
    const abort = new AbortController();
    this.#options.onSequence(name);
    const done = runSequence(this.#options.plan[name]({ force }), this.#options, { actorId, signal: abort.signal });
    const mine = { name, abort, done };
    this.#running = mine;
    try {
      await done;
    } finally {
      if (this.#running === mine) this.#running = undefined;
    }
  }

  #launch(name: "reboot" | "shutdown", force: boolean): { actorId: string } {
    const actorId = randomUUID();
    this.run(name, { force, actorId }).catch((thrown) => {
      if (thrown instanceof SequenceLockedError) this.#options.log("warn", messageOf(thrown));
      else this.#options.onFatal(thrown);
    });
    return { actorId };
  }
}
