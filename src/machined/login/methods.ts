import type { DbusMessage } from "../../dbus/message.ts";
import type { DbusValue } from "../../dbus/value.ts";
import type { Inhibition } from "./inhibitor.ts";

export const loginPath = "/org/freedesktop/login1";
export const loginInterface = "org.freedesktop.login1.Manager";

/** The longest that anybody can have the end of the machine wait; the kubelet refuses to be given less than it wants. */
export const inhibitDelayMaxMs = 20 * 60_000;

/** What a call may need to know. */
export interface CallContext {
  /** The caller's name on the bus. */
  readonly name: string;
  readonly inhibitions: () => readonly Inhibition[];
}

type Answer =
  | { readonly kind: "answer"; readonly signature: string; readonly body: readonly DbusValue[] }
  | { readonly kind: "error"; readonly name: string; readonly text: string }
  /** The answer is a file descriptor, which whoever holds the bus makes. */
  | { readonly kind: "inhibit"; readonly inhibition: Inhibition };

/** What to answer, and in whose name. */
export type CallAnswer = Answer & { readonly sender: string };

type Method = (body: readonly DbusValue[], context: CallContext) => Answer;

/** Every method, by its interface and name; with the signature of what it takes. */
const methods: Readonly<Record<string, { readonly takes: string; readonly run: Method }>> = {
  "org.freedesktop.DBus.Hello": { takes: "", run: (_, { name }) => answer("s", name) },
  // There are few signals, and all are for everybody.
  "org.freedesktop.DBus.AddMatch": { takes: "s", run: () => answer("") },
  "org.freedesktop.DBus.RemoveMatch": { takes: "s", run: () => answer("") },
  "org.freedesktop.DBus.Peer.Ping": { takes: "", run: () => answer("") },
  "org.freedesktop.DBus.Properties.Get": { takes: "ss", run: ([owner, name]) => propertyOf(owner, name) },
  [`${loginInterface}.Inhibit`]: { takes: "ssss", run: (body) => inhibit(body) },
  [`${loginInterface}.ListInhibitors`]: {
    takes: "",
    // Who asked is always root: nobody else reaches the socket.
    run: (_, { inhibitions }) =>
      answer(
        "a(ssssuu)",
        inhibitions().map(({ what, who, why, mode }) => [what, who, why, mode, 0, 0]),
      ),
  },
};

/** What to say to a call. Only its interface and name matter: every object is ours. */
export function answerTo(call: DbusMessage, context: CallContext): CallAnswer {
  const { member = "", body = [], signature = "" } = call;
  // Callers may leave the interface out where the name says enough.
  const full = call.interface === undefined ? nameOnly(member) : `${call.interface}.${member}`;
  const sender = full.startsWith("org.freedesktop.login1.") ? "org.freedesktop.login1" : "org.freedesktop.DBus";
  const method = Object.hasOwn(methods, full) ? methods[full] : undefined;
  if (method === undefined) return { ...refusal("UnknownMethod", `there is no method ${full}`), sender };
  if (method.takes !== signature) {
    return { ...refusal("InvalidArgs", `${full} takes "${method.takes}", not "${signature}"`), sender };
  }
  return { ...method.run(body, context), sender };
}

const nameOnly = (member: string): string => Object.keys(methods).find((name) => name.endsWith(`.${member}`)) ?? member;

const answer = (signature: string, ...body: readonly DbusValue[]): Answer => ({ kind: "answer", signature, body });

const refusal = (name: string, text: string): Answer => {
  return { kind: "error", name: `org.freedesktop.DBus.Error.${name}`, text };
};

function propertyOf(owner: DbusValue | undefined, name: DbusValue | undefined): Answer {
  if (owner !== loginInterface || name !== "InhibitDelayMaxUSec")
    return refusal("UnknownProperty", `there is no property ${String(owner)}.${String(name)}`);
  return answer("v", { signature: "t", value: BigInt(inhibitDelayMaxMs) * 1_000n });
}

function inhibit(body: readonly DbusValue[]): Answer {
  const [what = "", who = "", why = "", mode = ""] = body.map(String);
  if (mode !== "delay") return refusal("AccessDenied", `mode "${mode}" is not granted: the machine's owner decides`);
  return { kind: "inhibit", inhibition: { what, who, why, mode } };
}
