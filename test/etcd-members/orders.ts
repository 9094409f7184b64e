/** What one machine of the rig is. */
export interface MachineOptions {
  readonly config: string;
  readonly hostname: string;
  readonly address: string;
  /** Its data, its secrets, its log. */
  readonly directory: string;
  /** Size of a disk of its own, which goes with its power. Default: a directory of the host. */
  readonly diskMiB?: number;
  /** How far it gets: its member is added but does not start, or starts and gets no vote. Default: all the way. */
  readonly getsTo?: "added" | "learner" | "all";
}

export type OrderName =
  | "service"
  | "bootstrap"
  | "recover"
  | "know"
  | "move"
  | "memberId"
  | "lastLines"
  | "logged"
  | "start"
  | "members"
  | "status"
  | "leave"
  | "forfeit"
  | "remove"
  | "alarms"
  | "disarm"
  | "defrag"
  | "downgradeValidate"
  | "downgradeEnable"
  | "downgradeCancel"
  | "snapshot"
  | "fill"
  | "free"
  | "diagnostic"
  | "share"
  | "farewell"
  | "keys";

export interface Order {
  readonly id: number;
  readonly order: OrderName;
  readonly given?: unknown;
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: { readonly code: number; readonly message: string };
}
