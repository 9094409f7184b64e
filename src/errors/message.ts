/** The text of anything that was thrown, with the texts of its causes: `Cannot start etcd: Cannot pull image: …`. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? "" : `: ${messageOf(thrown.cause)}`;
  // A wrapper that already quotes its cause must not say it twice.
  return thrown.message.endsWith(cause.slice(2)) && cause !== "" ? thrown.message : thrown.message + cause;
}

/** The errno name of a system error (`ENOENT`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
