import { Latest } from "../../../async/latest.ts";
import type { Lease } from "../../../net/dhcp4/lease.ts";
import type { Dhcp6Lease } from "../../../net/dhcp6/client.ts";
import type { LinkStatus } from "../../../resources/network/link-status.ts";
import type { OperatorSpec } from "../../../resources/network/operator-spec.ts";
import { addLease, addLease6, addShared, leasedName, type OperatorWishes } from "../wanted/lease.ts";
import { runDhcp4 } from "./dhcp4-operator.ts";
import { runDhcp6 } from "./dhcp6-operator.ts";
import { runVip, type VipOptions } from "./vip-operator.ts";

export interface OperatorRunOptions extends Pick<VipOptions, "connect" | "reachOther"> {
  readonly spec: OperatorSpec;
  readonly link: LinkStatus;
  /** An address that the link had a moment ago, by a lease that goes on. */
  readonly previousAddress: string | undefined;
  /** What is asked for has changed. */
  readonly onChange: () => void;
  readonly log: (level: "info" | "warn", message: string) => void;
  readonly signal: AbortSignal;
}

type Add = (to: OperatorWishes, spec: OperatorSpec) => void;

/** One operator at work. */
export class OperatorRun {
  /** What the machine calls itself, to be told to the server. */
  readonly name = new Latest<string | undefined>(undefined);
  /** Resolves after it was stopped, when it has let go of everything. */
  readonly ended: Promise<void>;
  /** Whether it is about an address that control planes share. */
  readonly isElection: boolean;
  readonly #stop = new AbortController();
  readonly #reason: string;
  #spec: OperatorSpec;
  /** What it asks for now. */
  #add: Add = () => {};
  #lease: Lease | undefined;
  #leasedMs = 0;
  #sinceMs = 0;

  constructor(options: OperatorRunOptions) {
    const { spec, link, previousAddress, onChange, connect, reachOther, log } = options;
    this.#spec = spec;
    this.#reason = reasonOf(spec, link);
    this.isElection = spec.operator === "vip";
    const signal = AbortSignal.any([options.signal, this.#stop.signal]);
    const ask = (add: Add = () => {}) => {
      this.#add = add;
      onChange();
    };
    if (this.isElection) {
      const onHolder = (holds: boolean) => ask(holds ? addShared : undefined);
      this.ended = runVip({ spec, log, signal, onHolder, connect, reachOther });
    } else if (spec.operator === "dhcp6") {
      const onLease = (lease: Dhcp6Lease | undefined) =>
        ask(lease === undefined ? undefined : (to, now) => addLease6(to, now, lease));
      this.ended = runDhcp6({ spec, link, log, signal, onLease });
    } else {
      const onLease = (lease: Lease | undefined) => {
        this.#leasedMs = performance.now();
        if (this.#lease?.address !== lease?.address) this.#sinceMs = this.#leasedMs;
        this.#lease = lease;
        ask(lease === undefined ? undefined : (to, now) => addLease(to, now, lease));
      };
      this.ended = runDhcp4({ spec, link, previousAddress, name: this.name, log, signal, onLease });
    }
  }

  /** The address of its lease, and when that ends unless it is renewed. */
  get lease(): { readonly address: string; readonly untilMs: number } | undefined {
    if (this.#lease === undefined) return undefined;
    return { address: this.#lease.address, untilMs: this.#leasedMs + this.#lease.leaseSeconds * 1_000 };
  }

  /** Since when it has this address, as performance.now() counts. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** The name that the server has for this machine; undefined when it says none. */
  get leasedName(): string | undefined {
    return this.#lease === undefined ? undefined : leasedName(this.#lease)?.hostname;
  }

  /** Whether this is what is wanted now; only what needs no other question may have changed. */
  goesOnWith(spec: OperatorSpec, link: LinkStatus): boolean {
    const goesOn = reasonOf(spec, link) === this.#reason;
    if (goesOn) this.#spec = spec;
    return goesOn;
  }

  addTo(all: OperatorWishes): void {
    this.#add(all, this.#spec);
  }

  stop(reason?: unknown): void {
    this.#stop.abort(reason);
  }
}

/** Another question, or another device of the same name, needs another run; where its routes rank does not. */
function reasonOf({ operator, dhcp4, dhcp6, vip }: OperatorSpec, link: LinkStatus): string {
  const { routeMetric: _, ...asked } = dhcp4 ?? dhcp6 ?? { routeMetric: 0 };
  return JSON.stringify([operator, asked, vip, link.index, link.hardwareAddr]);
}
