/** How to reach an API server, and as whom. Certificates and keys are PEM texts. */
export interface KubeAccess {
  /** `https://host:port`, without a path. */
  readonly server: string;
  /** The authorities that its certificate may come from. */
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
  /** Bearer token, instead of a certificate. */
  readonly token?: string;
}
