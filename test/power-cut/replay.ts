import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { type LoggedRequest, readAt, readWriteLog } from "./write-log.ts";

/** A part of a disk, such as a partition. */
export interface Window {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

export interface ReplayOptions {
  readonly log: string;
  readonly window: Window;
  /** Where the images go: `<scratch>.stored` and `<scratch>.cut`. */
  readonly scratch: string;
  /** In [0, 1). */
  readonly random: () => number;
}

const sectorBytes = 512;
const chunkBytes = 1_024 * 1_024;

/**
 * The disk as it could be after a power cut at any moment of a recording. What was flushed is there. Of what was not,
 * each request may have been stored, or not, or some of its sectors: disks promise no more.
 */
export class Replay implements Disposable {
  readonly requests: readonly LoggedRequest[];
  readonly #options: ReplayOptions;
  readonly #log: number;
  readonly #stored: number;
  /** Requests before this one are in the stored image. */
  #done = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.requests = readWriteLog(options.log);
    this.#log = openSync(options.log, "r");
    this.#stored = openSync(`${options.scratch}.stored`, "w+");
    ftruncateSync(this.#stored, options.window.lengthBytes);
  }

  /**
   * Makes an image of the window as of a power cut after so many requests. Moments may only advance.
   * @returns its path; the next one takes its place.
   */
  cutAfter(count: number): string {
    const flushed = this.requests.findLastIndex(({ kind }, index) => kind === "flush" && index < count) + 1;
    for (; this.#done < flushed; this.#done += 1) this.#store(this.#stored, this.#done);
    const path = `${this.#options.scratch}.cut`;
    run("cp", "--sparse=always", `${this.#options.scratch}.stored`, path);
    const image = openSync(path, "r+");
    try {
      for (let index = flushed; index < count; index += 1) this.#storePerhaps(image, index);
    } finally {
      closeSync(image);
    }
    return path;
  }

  #storePerhaps(image: number, index: number): void {
    const { random } = this.#options;
    const fate = this.requests[index]?.isDurable ? 0 : random();
    if (fate < 1 / 2) this.#store(image, index);
    else if (fate < 3 / 4) this.#store(image, index, () => random() < 0.5);
  }

  #store(image: number, index: number, hasSector?: () => boolean): void {
    const request = this.requests[index];
    if (request === undefined || request.kind === "flush") return;
    const { window } = this.#options;
    const from = Math.max(request.offsetBytes, window.offsetBytes);
    const to = Math.min(request.offsetBytes + request.lengthBytes, window.offsetBytes + window.lengthBytes);
    if (from >= to) return;
    const place = from - window.offsetBytes;
    if (request.kind === "discard") {
      punch(image, place, to - from);
      return;
    }
    for (let at = from; at < to; at += chunkBytes) {
      const length = Math.min(chunkBytes, to - at);
      const data = readAt(this.#log, request.dataOffset + at - request.offsetBytes, length);
      // Zeros where zeros are would only make the image big.
      if (readAt(image, place + at - from, length).equals(data)) continue;
      const step = hasSector === undefined ? length : sectorBytes;
      for (let done = 0; done < length; done += step) {
        if (hasSector?.() ?? true) writeSync(image, data, done, step, place + at - from + done);
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#log);
    closeSync(this.#stored);
  }
}

function punch(image: number, offset: number, length: number): void {
  run(...["fallocate", "--punch-hole", `--offset=${offset}`, `--length=${length}`, `/proc/${process.pid}/fd/${image}`]);
}

function run(...argv: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(argv, { stdin: "ignore", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${argv[0]}: ${stderr.toString()}`);
}
