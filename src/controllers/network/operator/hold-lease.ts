import { pause } from "../../../async/pause.ts";
import { messageOf } from "../../../errors/message.ts";

/** What people should know of an event. */
export type News = readonly [level: "info" | "warn", message: string];

export interface LeaseHolding<Event, Lease> {
  /** `DHCP`, as people call it. */
  readonly protocol: string;
  readonly linkName: string;
  /** Asks for a lease and keeps it, until `signal` aborts; called anew after it failed. */
  readonly events: () => AsyncIterable<Event>;
  /** What is held after an event; undefined: nothing. */
  readonly leaseOf: (event: Event) => Lease | undefined;
  readonly newsOf: (event: Event, before: Lease | undefined, linkName: string) => News | undefined;
  /** The lease that is held now, or that there is none any more. */
  readonly onLease: (lease: Lease | undefined) => void;
  readonly log: (...news: News) => void;
  readonly signal: AbortSignal;
  /** Between a failure and the next attempt. */
  readonly restartMs?: number;
}

/** Holds a lease for a link until the signal aborts; whatever goes wrong, it begins anew. Never rejects. */
export async function holdLease<Event, Lease>(holding: LeaseHolding<Event, Lease>): Promise<void> {
  const { protocol, linkName, events, leaseOf, newsOf, onLease, log, signal, restartMs = 5_000 } = holding;
  let before: Lease | undefined;
  let told = "";
  while (!signal.aborted) {
    try {
      for await (const event of events()) {
        const news = newsOf(event, before, linkName);
        if (news !== undefined) log(...news);
        before = leaseOf(event);
        onLease(before);
      }
    } catch (thrown) {
      const problem = `Cannot configure ${linkName} by ${protocol}: ${messageOf(thrown)}`;
      if (!signal.aborted && problem !== told) log("warn", problem);
      told = problem;
      before = undefined;
      onLease(undefined);
    }
    await pause(restartMs, signal);
  }
}
