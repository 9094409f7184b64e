/** One figure. With a goal, its ratio to it is shown: below 1 the goal is met. A note stands behind it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  readonly note?: string;
}

export interface Report {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export function print({ title, figures }: Report): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map(({ name, value, unit, goal, note }) => {
    const figure = `  ${name.padEnd(width)}  ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`;
    if (note !== undefined) return `${figure}  ${note}`;
    return goal === undefined
      ? figure
      : `${figure.padEnd(width + 18)}  ${(value / goal).toFixed(2)} of the goal of ${goal}`;
  });
  process.stdout.write(`${title}\n${lines.join("\n")}\n\n`);
}

/** The smallest value that a share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
