import { Doorbell } from "../../../async/doorbell.ts";
import { paced } from "../../../async/paced.ts";
import { messageOf } from "../../../errors/message.ts";
import { probeAddress } from "../../../netlink/address-probe.ts";
import { type Link, parseHardwareAddress } from "../../../netlink/rtnetlink/link.ts";

interface Question {
  readonly link: Link;
  readonly address: string;
  /** While stations may still answer. */
  probe: Disposable | undefined;
  /** The hardware address of who has it too, when the last answer was that somebody has. */
  other: string | undefined;
  /** Why nobody could be asked, when that was the last answer. */
  failure: Error | undefined;
}

/** Long enough for a station that sleeps. */
const patienceMs = 2_000;
/** A question is a socket: those of a thousand addresses are not asked at once, and not while others wait for the loop. */
const pace = { burst: 8, intervalMs: 30 } as const;

/**
 * Asks, once for each carrier, whether another station has an IPv4 address of ours. We use it meanwhile: whoever wrote
 * it into a configuration decides. For IPv6 the kernel asks, before it uses one.
 */
export class AddressConflicts implements Disposable {
  /** Hardware addresses of this machine: one link of it answers for another. */
  own: ReadonlySet<string> = new Set();
  readonly #questions = new Map<string, Question>();
  /** Those that nobody has been asked yet. */
  readonly #waiting = new Set<Question>();
  readonly #isAnyWaiting = new Doorbell();
  readonly #answered = new Doorbell();
  readonly #ending = new AbortController();

  constructor() {
    void this.#askInTurn(this.#ending.signal);
  }

  [Symbol.dispose](): void {
    this.#ending.abort();
    for (const id of this.#questions.keys()) this.forget(id);
  }

  /** When it became known, or is over, that an address is somebody else's too. */
  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#answered.rings(signal);
  }

  /**
   * The hardware address of another station that has it, as far as is known; asked again while one does.
   * @throws what came of asking the last time, when that failed
   */
  other(id: string, link: Link, address: string): string | undefined {
    if (!canAsk(link)) {
      this.forget(id);
      return undefined;
    }
    const question = this.#questions.get(id);
    const before = question !== undefined && isSame(question, link, address) ? question : undefined;
    if (before === undefined || !(this.#isUnderWay(before) || isFine(before))) {
      this.forget(id);
      const next = { link, address, probe: undefined, other: before?.other, failure: before?.failure };
      this.#questions.set(id, next);
      this.#waiting.add(next);
      this.#isAnyWaiting.ring();
    }
    if (before?.failure !== undefined) throw before.failure;
    return before?.other;
  }

  /** Whether no other station has it, as far as is known, and nothing is left to ask but what is asked in its turn. */
  isSettled(id: string, link: Link): boolean {
    const question = this.#questions.get(id);
    return canAsk(link) ? question !== undefined && isFine(question) : question === undefined;
  }

  /** The address or its link is gone. */
  forget(id: string): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    question.probe?.[Symbol.dispose]();
    this.#waiting.delete(question);
    this.#questions.delete(id);
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#questions.keys()) if (!ids.has(id)) this.forget(id);
  }

  #isUnderWay(question: Question): boolean {
    return question.probe !== undefined || this.#waiting.has(question);
  }

  async #askInTurn(signal: AbortSignal): Promise<void> {
    for await (const question of paced(this.#inTurn(signal), pace, signal)) {
      // It may be gone since it was its turn.
      if (!this.#waiting.delete(question)) continue;
      try {
        this.#ask(question);
      } catch (thrown) {
        this.#conclude(question, { failure: thrown instanceof Error ? thrown : new Error(messageOf(thrown)) });
      }
    }
  }

  async *#inTurn(signal: AbortSignal): AsyncGenerator<Question, void, undefined> {
    for await (const _ of this.#isAnyWaiting.rings(signal)) yield* this.#waiting;
  }

  #ask(question: Question): void {
    const { link, address } = question;
    using opened = new DisposableStack();
    opened.use(
      probeAddress({
        ...{ linkIndex: link.index, hardwareAddress: parseHardwareAddress(link.hardwareAddress), address },
        onConflict: (station) => {
          if (!this.own.has(station)) this.#conclude(question, { other: station });
        },
      }),
    );
    opened.adopt(
      setTimeout(() => this.#conclude(question, {}), patienceMs),
      clearTimeout,
    );
    question.probe = opened.move();
  }

  #conclude(question: Question, { other, failure }: { readonly other?: string; readonly failure?: Error }): void {
    question.probe?.[Symbol.dispose]();
    question.probe = undefined;
    const isNews = other !== question.other || failure?.message !== question.failure?.message;
    question.other = other;
    question.failure = failure;
    if (isNews) this.#answered.ring();
  }
}

const isFine = ({ other, failure }: Question): boolean => other === undefined && failure === undefined;

/** Another address, another link, or the link with another hardware address is another question. */
const isSame = (question: Question, { index, hardwareAddress }: Link, address: string): boolean =>
  question.address === address && question.link.index === index && question.link.hardwareAddress === hardwareAddress;

const canAsk = ({ hasCarrier, hardwareAddress, isLoopback }: Link): boolean =>
  hasCarrier && hardwareAddress !== "" && !isLoopback;
