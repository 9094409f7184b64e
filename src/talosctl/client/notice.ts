/** After so long people wonder whether anything happens. */
const patienceMs = 1_000;

/** Says something once if work takes longer than people like to wait in silence. */
export async function noticed<T>(work: Promise<T>, say: () => void): Promise<T> {
  const timer = setTimeout(say, patienceMs);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
