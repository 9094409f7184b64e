import { Doorbell } from "../../../async/doorbell.ts";
import { probeAddress } from "../../../netlink/address-probe.ts";
import { type Link, parseHardwareAddress } from "../../../netlink/rtnetlink/link.ts";

interface Question {
  /** Which address on which link: another one is another question. */
  readonly about: string;
  /** While stations may still answer. */
  probe: Disposable | undefined;
  /** The hardware address of who has it too, when the last answer was that somebody has. */
  other: string | undefined;
}

/** Long enough for a station that sleeps. */
const patienceMs = 2_000;
/** A question is a socket: of more addresses than this at once, nobody asks. */
const mostAtOnce = 64;

/**
 * Asks, once for each carrier, whether another station has an IPv4 address of ours. We use it meanwhile: whoever wrote
 * it into a configuration decides. For IPv6 the kernel asks, before it uses one.
 */
export class AddressConflicts implements Disposable {
  readonly #questions = new Map<string, Question>();
  readonly #answered = new Doorbell();
  #underWay = 0;

  [Symbol.dispose](): void {
    for (const id of this.#questions.keys()) this.forget(id);
  }

  /** When it became known, or is over, that an address is somebody else's too. */
  changes(signal: AbortSignal): AsyncIterable<void> {
    return this.#answered.rings(signal);
  }

  /**
   * The hardware address of another station that has it, as far as is known; asked again while one does.
   * @param own hardware addresses of this machine: one link of it answers for another
   */
  other(id: string, link: Link, address: string, own: ReadonlySet<string>): string | undefined {
    if (!canAsk(link)) {
      this.forget(id);
      return undefined;
    }
    const about = `${link.index} ${link.hardwareAddress} ${address}`;
    const question = this.#questions.get(id);
    const before = question?.about === about ? question : undefined;
    if (before !== undefined && (before.probe !== undefined || before.other === undefined)) return before.other;
    this.forget(id);
    if (this.#underWay < mostAtOnce) this.#ask(id, link, address, own, { about, other: before?.other });
    return before?.other;
  }

  /** Whether no other station has it, as far as is known, and nothing is left to ask. */
  isSettled(id: string, link: Link): boolean {
    const question = this.#questions.get(id);
    return canAsk(link) ? question !== undefined && question.other === undefined : question === undefined;
  }

  /** The address or its link is gone. */
  forget(id: string): void {
    this.#questions.get(id)?.probe?.[Symbol.dispose]();
    this.#questions.delete(id);
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#questions.keys()) if (!ids.has(id)) this.forget(id);
  }

  #ask(
    id: string,
    { index, hardwareAddress }: Link,
    address: string,
    own: ReadonlySet<string>,
    asked: Pick<Question, "about" | "other">,
  ): void {
    using opened = new DisposableStack();
    const question: Question = { ...asked, probe: undefined };
    const conclude = (other: string | undefined) => {
      question.probe?.[Symbol.dispose]();
      question.probe = undefined;
      const isNews = other !== question.other;
      question.other = other;
      if (isNews) this.#answered.ring();
    };
    opened.use(
      probeAddress({
        ...{ linkIndex: index, hardwareAddress: parseHardwareAddress(hardwareAddress), address },
        onConflict: (station) => {
          if (!own.has(station)) conclude(station);
        },
      }),
    );
    opened.adopt(
      setTimeout(() => conclude(undefined), patienceMs),
      clearTimeout,
    );
    opened.defer(() => {
      this.#underWay -= 1;
    });
    this.#underWay += 1;
    question.probe = opened.move();
    this.#questions.set(id, question);
  }
}

const canAsk = ({ hasCarrier, hardwareAddress, isLoopback }: Link): boolean =>
  hasCarrier && hardwareAddress !== "" && !isLoopback;
