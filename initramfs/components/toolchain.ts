/**
 * The Go that compiles components where the host's own is too old or missing: the module golang.org/toolchain, as any
 * module proxy has it. Pinned by the SHA-256 of its archive, for each architecture that a build can run on.
 */
export const toolchain = {
  version: "1.26.8",
  sha256: {
    amd64: "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7",
    arm64: "02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99",
  },
} as const;
