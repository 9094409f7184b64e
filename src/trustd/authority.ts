/** What trustd signs with, and for whom. */
export interface SigningAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** Other authorities that this cluster accepts, PEM each. */
  readonly accepted: readonly string[];
  /** What joining machines prove themselves by. */
  readonly token: string;
}
