/** Two texts that no part of one could be taken for the other. */
export const texts = ["a".repeat(40_000), "b".repeat(200_000)] as const;
