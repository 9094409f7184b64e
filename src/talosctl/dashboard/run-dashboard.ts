import { Notice } from "../../async/notice.ts";
import type { Channel } from "../../grpc/client/channel.ts";
import { followNode } from "./follow-node.ts";
import { type Key, keysIn } from "./keys.ts";
import { type NodeView, unknownNode } from "./node-view.ts";
import { type Device, Painter } from "./painter.ts";
import { render } from "./render.ts";

/** A terminal that somebody sits at. */
export interface DashboardDevice extends Device {
  /** What is typed, as it comes; ends with the terminal. */
  readonly input: AsyncIterable<string>;
  /** Told of each new size, until the signal aborts. */
  onResize(changed: () => void, signal: AbortSignal): void;
}

export interface DashboardOptions {
  readonly channel: Channel;
  readonly nodes: readonly string[];
  readonly intervalMs: number;
  readonly device: DashboardDevice;
  readonly signal: AbortSignal;
}

/** What changes within this time is painted at once: a log comes in hundreds of lines. */
const paintGapMs = 40;
const scrollRows = 5;

/** Shows the nodes until the user quits or the signal aborts. */
export async function runDashboard({ channel, nodes, intervalMs, device, signal }: DashboardOptions): Promise<void> {
  const quitting = new AbortController();
  const until = AbortSignal.any([signal, quitting.signal]);
  const turned = new Notice();
  const views = nodes.map(unknownNode);
  let shown = 0;
  let scrolled = 0;
  using painter = new Painter(device);
  let painting: NodeJS.Timeout | undefined;
  const paint = () => {
    clearTimeout(painting);
    painting = undefined;
    if (!until.aborted) painter.paint(render({ nodes: views, shown, scrolled, ...device.size() }));
  };
  const changed = () => {
    painting ??= setTimeout(paint, paintGapMs);
  };
  const press = (key: Key) => {
    if (key === "quit") return quitting.abort();
    const log = views[shown]?.log.length ?? 0;
    if (key === "up") scrolled = Math.min(Math.max(0, log - 1), scrolled + scrollRows);
    if (key === "down") scrolled = Math.max(0, scrolled - scrollRows);
    if (key === "left" || key === "right") {
      const step = key === "left" ? -1 : 1;
      shown = (shown + step + nodes.length) % nodes.length;
      scrolled = 0;
      turned.post();
    }
    paint();
  };
  device.onResize(paint, until);
  paint();
  const following = nodes.map((node, index) =>
    followNode({
      ...{ channel, node, intervalMs, turned, signal: until },
      isShown: () => index === shown,
      update: (change) => {
        views[index] = { ...(views[index] as NodeView), ...change };
        changed();
      },
    }),
  );
  const reading = readKeys(device.input, press).finally(() => quitting.abort());
  await Promise.all(following);
  clearTimeout(painting);
  // The terminal's input may have no end of its own.
  void reading.catch(() => undefined);
}

async function readKeys(input: AsyncIterable<string>, press: (key: Key) => void): Promise<void> {
  for await (const text of input) for (const key of keysIn(text)) press(key);
}
