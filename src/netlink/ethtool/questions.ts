/** More links are as well asked about with all others. */
const fewLinks = 16;

/** How to ask about the links of these indexes: each by itself, or, undefined, about all there are. */
export const questionsAbout = (indexes: readonly number[]): readonly (number | undefined)[] =>
  indexes.length > fewLinks ? [undefined] : indexes;
