import type { Mode } from "./follow-identity.ts";
import { type MaintenanceDoor, openMaintenanceDoor } from "./maintenance-server.ts";
import { type Apid, startApid } from "./server.ts";

export interface FrontDoorOptions {
  readonly machineSocket: string;
  readonly port?: number;
}

type Open =
  | { readonly kind: "configured"; readonly door: Apid }
  | { readonly kind: "maintenance"; readonly door: MaintenanceDoor };

/** The one listener of the API, for everybody or for those that the machine knows. */
export class FrontDoor implements AsyncDisposable {
  readonly #options: FrontDoorOptions;
  /** Once it has listened it does so there again, even if the port was its own choice. */
  #port: number | undefined;
  #open: Open | undefined;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  /** Where it listens; undefined while it is closed. */
  get port(): number | undefined {
    return this.#open?.door.port;
  }

  /**
   * Goes on as that.
   * @returns what has changed, for the log; undefined when nothing has.
   * @throws Failure when it cannot listen; the door is closed then.
   */
  async become(mode: Mode): Promise<string | undefined> {
    const open = this.#open;
    if (open !== undefined && open.kind === mode.kind) {
      // TypeScript cannot see that the kinds agree.
      if (open.kind === "configured" && mode.kind === "configured") open.door.replaceIdentity(mode.identity);
      if (open.kind === "maintenance" && mode.kind === "maintenance") open.door.replaceIdentity(mode.identity);
      return "certificates renewed";
    }
    await this[Symbol.asyncDispose]();
    const port = this.#port === undefined ? {} : { port: this.#port };
    const options = { machineSocket: this.#options.machineSocket, ...port };
    if (mode.kind === "configured") {
      this.#keep({ kind: "configured", door: await startApid({ ...options, identity: mode.identity }) });
      return `listening on port ${this.port}`;
    }
    if (mode.kind === "maintenance") {
      this.#keep({ kind: "maintenance", door: await openMaintenanceDoor({ ...options, identity: mode.identity }) });
      return `listening on port ${this.port}, to everybody: this machine has no config`;
    }
    return open === undefined ? undefined : "closed until this machine has certificates";
  }

  #keep(open: Open): void {
    this.#open = open;
    this.#port = open.door.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.door[Symbol.asyncDispose]();
  }
}
