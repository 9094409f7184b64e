/** What a client certificate allows, one Organization entry of its subject each. */
export type Role = "os:admin" | "os:operator" | "os:reader" | "os:etcd:backup" | "os:impersonator";

const known: readonly Role[] = ["os:admin", "os:operator", "os:reader", "os:etcd:backup", "os:impersonator"];

export const isRole = (text: string): text is Role => known.some((role) => role === text);

/** The roles among some names. Names of other releases' roles are passed over, they give nothing here. */
export const rolesAmong = (names: readonly string[]): ReadonlySet<Role> => new Set(names.filter(isRole));
