import { Failure } from "../../src/errors/failure.ts";

/** A program of the host. */
export interface ToolRun {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Hears each line of its error output while it runs: where most programs tell how far they are. */
  readonly onErrorLine?: (line: string) => void;
}

const shownLines = 25;

/**
 * Runs a program of the host to its end and returns what it printed.
 * @throws Failure with the last lines of its error output, or saying that it is not installed.
 */
export async function runTool({ argv, cwd, env, input, onErrorLine }: ToolRun): Promise<Uint8Array<ArrayBuffer>> {
  const [name] = argv;
  if (Bun.which(name) === null)
    throw new Failure(`Cannot run ${name}: it is not installed`, {
      hint: 'Run "bun build.ts host" to see what is missing',
    });
  const child = Bun.spawn([...argv], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdin: input === undefined ? "ignore" : "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([
    child.stdout.bytes(),
    readLines(child.stderr, onErrorLine),
    child.exited,
    input === undefined ? undefined : feed(child.stdin, input),
  ]);
  if (code === 0) return output;
  const said = `${new TextDecoder().decode(output)}${errors}`.trimEnd().split("\n").slice(-shownLines).join("\n");
  throw new Failure(
    `Cannot run ${argv.slice(0, 3).join(" ")}: it ended with code ${child.exitCode ?? child.signalCode}`,
    {
      hint: said,
    },
  );
}

/** As runTool, for output that is text. */
export async function readTool(run: ToolRun): Promise<string> {
  return new TextDecoder().decode(await runTool(run)).trim();
}

/** All of it, at the end. */
async function readLines(stream: ReadableStream<Uint8Array>, onLine?: (line: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let told = 0;
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n", told); end >= 0; end = text.indexOf("\n", told)) {
      onLine?.(text.slice(told, end));
      told = end + 1;
    }
  }
  return text;
}

async function feed(
  pipe: Bun.FileSink | undefined,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of input) {
    try {
      pipe?.write(chunk);
      // Waits until the program has taken it: a root file system does not have to fit into memory twice.
      await pipe?.flush();
    } catch {
      // It ended before it had read all; its exit code and its errors say why.
      return;
    }
  }
  await pipe?.end();
}
