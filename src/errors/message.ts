/** What Bun adds for whoever wrote the program; who runs the machine cannot do any of it. */
const advice =
  /(?:\. (?:For more information, pass `verbose: true`|Is the computer able to access the url\?).*|: Was there a typo in the url or port\?)$/s;
/** Ours have none, and something may follow. */
const fullStop = /(?<!\.)\.$/;

/** The text of anything that was thrown, with the texts of its causes: `Cannot start etcd: Cannot pull image: …`. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const message = thrown.message.replace(advice, "").replace(fullStop, "");
  const cause = thrown.cause === undefined ? "" : `: ${messageOf(thrown.cause)}`;
  // A wrapper that already quotes its cause must not say it twice.
  return message.endsWith(cause.slice(2)) && cause !== "" ? message : message + cause;
}

/** The errno name of a system error (`ENOENT`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
