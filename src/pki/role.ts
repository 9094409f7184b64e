/** What a certificate allows its holder; each is one organization of its subject. */
export const roles = ["os:admin", "os:operator", "os:reader", "os:etcd:backup", "os:impersonator"] as const;

export type Role = (typeof roles)[number];

export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

/** The roles among a certificate's organizations. Others mean nothing to us and are dropped. */
export const rolesOf = (organizations: readonly string[]): Role[] => organizations.filter(isRole);
