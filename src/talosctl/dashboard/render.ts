import { humanBytes } from "../output/units.ts";
import type { Figures, NodeView, ProcessRow, ServiceRow } from "./node-view.ts";
import { bar, bold, dim, ends, fit, green, inverse, printable, red, yellow } from "./style.ts";

export interface Picture {
  readonly nodes: readonly NodeView[];
  /** Index of the node that is shown. */
  readonly shown: number;
  /** Lines of the log below the last that is shown. */
  readonly scrolled: number;
  readonly columns: number;
  readonly rows: number;
}

/** Rows that a log needs to be worth its place. */
const leastLogRows = 4;

/** All rows of the screen, each as wide as it. */
export function render(picture: Picture): string[] {
  const { nodes, shown, columns, rows } = picture;
  const node = nodes[shown];
  if (node === undefined || rows < 1) return [];
  const above = [header(node, columns), ...summary(node, columns)];
  const below = tabs(picture);
  const room = Math.max(0, rows - above.length - 1);
  const panelRows = Math.min(Math.max(node.services.length, 6) + 1, Math.max(0, room - leastLogRows));
  const logRows = Math.max(0, room - panelRows);
  const all = [...above, ...panels(node, columns, panelRows), ...logPanel(picture, node, logRows)];
  const upper = Array.from({ length: rows - 1 }, (_, index) => all[index] ?? "");
  return [...upper, below].map((row) => fit(row, columns));
}

function header({ node, identity, trouble, figures }: NodeView, columns: number): string {
  const name = identity === undefined || identity.hostname === node ? node : `${identity.hostname} (${node})`;
  const facts = [
    ...(identity === undefined ? [] : [identity.version, `${identity.stage}${identity.isReady ? ", ready" : ""}`]),
    ...(figures === undefined ? [] : [`up ${uptime(figures.upSeconds)}`]),
  ];
  const right = trouble === undefined ? facts.join("  ") : "no answer";
  return inverse(ends(` ${bold(printable(name))}`, `${printable(right)} `, columns));
}

function summary({ figures, trouble, identity }: NodeView, columns: number): string[] {
  if (trouble !== undefined && figures === undefined) return [red(fit(` ${printable(trouble)}`, columns)), "", ""];
  const third = trouble === undefined ? unmet(identity?.unmet ?? []) : red(` ${printable(trouble)}`);
  if (figures === undefined) return [dim(" asking …"), "", third];
  const barColumns = Math.min(32, Math.max(8, Math.floor(columns / 3)));
  return [cpuRow(figures, barColumns), memoryRow(figures, barColumns), third];
}

function cpuRow({ cpu, processors, load }: Figures, columns: number): string {
  const share = cpu === undefined ? "  –%" : `${Math.round(cpu * 100)}%`.padStart(4);
  const loads = load.map((value) => value.toFixed(2)).join(" ");
  return ` CPU ${bar(cpu ?? 0, columns)} ${share} of ${processors}   load ${loads}`;
}

function memoryRow({ memoryBytes, memoryUsedBytes, received, sent }: Figures, columns: number): string {
  const share = memoryBytes === 0 ? 0 : memoryUsedBytes / memoryBytes;
  const rate = (bytes: number | undefined) => (bytes === undefined ? "–" : `${humanBytes(Math.round(bytes))}/s`);
  const amount = `${humanBytes(memoryUsedBytes)} of ${humanBytes(memoryBytes)}`;
  return ` MEM ${bar(share, columns)} ${amount}   net ↓ ${rate(received)} ↑ ${rate(sent)}`;
}

const unmet = (conditions: readonly string[]): string =>
  conditions.length === 0 ? "" : yellow(` waits for ${printable(conditions.join(", "))}`);

/** Services and processes side by side; on a narrow screen the services alone. */
function panels({ services, processes }: NodeView, columns: number, rows: number): string[] {
  if (rows < 2) return [];
  const isNarrow = columns < 80;
  const left = isNarrow ? columns : Math.floor(columns / 2);
  const lines = Array.from({ length: rows - 1 }, (_, index) => {
    const service = serviceText(services[index]);
    return isNarrow ? service : fit(service, left) + processText(processes[index]);
  });
  const titles = isNarrow ? title("services", columns) : title("services", left) + title("processes", columns - left);
  return [titles, ...lines];
}

function serviceText(service: ServiceRow | undefined): string {
  if (service === undefined) return "";
  const { id, state, healthy, message } = service;
  const isWell = state === "Running" && healthy !== false;
  const mark = isWell ? green("●") : state === "Failed" || healthy === false ? red("●") : yellow("●");
  return ` ${mark} ${fit(printable(id), 16)} ${fit(state, 10)} ${dim(printable(isWell ? "" : message))}`;
}

function processText(process: ProcessRow | undefined): string {
  if (process === undefined) return "";
  const { pid, cpu, residentBytes, command } = process;
  const share = cpu === undefined ? "–" : `${(cpu * 100).toFixed(0)}%`;
  return ` ${String(pid).padStart(7)} ${share.padStart(5)} ${humanBytes(residentBytes).padStart(8)} ${printable(command)}`;
}

function logPanel({ columns, scrolled }: Picture, { log }: NodeView, rows: number): string[] {
  if (rows < 2) return [];
  const end = Math.max(0, log.length - scrolled);
  const lines = log.slice(Math.max(0, end - rows + 1), end).map((line) => ` ${printable(line)}`);
  const name = scrolled === 0 ? "log" : `log, ${scrolled} lines up`;
  return [title(name, columns), ...lines];
}

const title = (text: string, columns: number): string => dim(fit(`── ${text} ${"─".repeat(columns)}`, columns));

/** The nodes, the one that is shown among them even where not all have room, and the keys. */
function tabs({ nodes, shown, columns }: Picture): string {
  const names = nodes.map(({ node, trouble }, index) => {
    const name = ` ${trouble === undefined ? "" : "✗ "}${printable(node)} `;
    return index === shown ? inverse(name) : trouble === undefined ? name : red(name);
  });
  const keys = dim(nodes.length > 1 ? " ←/→ node  ↑/↓ log  q quit " : " ↑/↓ log  q quit ");
  const room = Math.max(0, columns - Bun.stringWidth(keys));
  const width = (from: number) => Bun.stringWidth(names.slice(from, shown + 1).join(""));
  const first = names.findIndex((_, from) => from === shown || width(from) <= room);
  return ends(names.slice(Math.max(0, first)).join(""), keys, columns);
}

/** `3d4h`, `4h5m`, `6m`: nothing that changes from second to second. */
function uptime(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60].map(Math.floor);
  if (days !== undefined && days > 0) return `${days}d${hours}h`;
  return hours !== undefined && hours > 0 ? `${hours}h${minutes}m` : `${minutes}m`;
}
