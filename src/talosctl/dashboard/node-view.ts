/** What is shown of one machine: values, put together by whoever asks it. */
export interface NodeView {
  /** As the user named it. */
  readonly node: string;
  /** Why it does not answer; what was known before stays. */
  readonly trouble: string | undefined;
  readonly identity: Identity | undefined;
  readonly figures: Figures | undefined;
  readonly services: readonly ServiceRow[];
  /** What needs most processor time first. */
  readonly processes: readonly ProcessRow[];
  /** The last lines of the kernel's log, or in a container, which has no kernel, of machined's. */
  readonly log: readonly string[];
}

export interface Identity {
  readonly hostname: string;
  /** `v1.12.8` */
  readonly version: string;
  /** `running`, `booting`, … */
  readonly stage: string;
  readonly isReady: boolean;
  /** What it still waits for. */
  readonly unmet: readonly string[];
}

/** Numbers of the moment. */
export interface Figures {
  readonly upSeconds: number;
  /** Share of all processors, 0 to 1; undefined before there are two moments to compare. */
  readonly cpu: number | undefined;
  readonly processors: number;
  readonly load: readonly [one: number, five: number, fifteen: number];
  readonly memoryBytes: number;
  readonly memoryUsedBytes: number;
  /** Bytes a second. */
  readonly received: number | undefined;
  readonly sent: number | undefined;
}

export interface ServiceRow {
  readonly id: string;
  readonly state: string;
  /** undefined when it is not checked. */
  readonly healthy: boolean | undefined;
  readonly message: string;
}

export interface ProcessRow {
  readonly pid: number;
  /** Share of one processor; undefined before there are two moments to compare. */
  readonly cpu: number | undefined;
  readonly residentBytes: number;
  readonly command: string;
}

export const unknownNode = (node: string): NodeView => ({
  ...{ node, trouble: undefined, identity: undefined, figures: undefined },
  ...{ services: [], processes: [], log: [] },
});
