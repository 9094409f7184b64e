import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Notice } from "../../../async/notice.ts";
import { eventually } from "../../../grpc/testing/eventually.ts";
import { close, open } from "../../../linux/file-descriptor.ts";
import { joinNamespace } from "../../../linux/namespace.ts";
import { inNetworkNamespace } from "../../../linux/testing/namespace.ts";
import { AddressFlag } from "../../../netlink/rtnetlink/constants.ts";
import { parseHardwareAddress } from "../../../netlink/rtnetlink/link.ts";
import { Rtnetlink } from "../../../netlink/rtnetlink/rtnetlink.ts";
import { withLinkApart } from "../../../netlink/testing/link-apart.ts";
import { bringUp } from "../../../netlink/testing/veth-ends.ts";

/** A program that answers on the link `far`. */
export interface ServerProgram {
  readonly name: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly flags: readonly string[];
  /** What it says when it listens. */
  readonly ready: string;
  /** Contents of its file `config`, whose path stands for `CONFIG` in the flags, as the directory does for `DIRECTORY`. */
  readonly config?: object;
}

/** A link with a real server at its other end, which is in a network of its own. */
export interface DhcpNetwork {
  readonly server: Server;
  readonly link: { readonly index: number; readonly hardwareAddr: string };
  readonly hardwareAddress: Uint8Array;
  /** Our side, which has the link `near`, and theirs, which has `far`. */
  readonly rtnetlink: Rtnetlink;
  readonly outside: Rtnetlink;
  /** Starts the server again after it was stopped, as it was or as another. */
  restart(another?: ServerProgram): Promise<void>;
  /** Does something in the server's network. */
  there<T>(action: () => T): T;
}

/** The addresses of the server's end. */
export const serverAddresses = ["192.0.2.1/24", "2001:db8::1/64"];

export const withDhcpServer = (program: ServerProgram, body: (network: DhcpNetwork) => Promise<void>): Promise<void> =>
  inNetworkNamespace(async () => {
    using outside = new Rtnetlink();
    outside.createLink({ name: "near", kind: "veth", peerName: "far" });
    for (const address of serverAddresses) {
      outside.addAddress("far", address, address.includes(":") ? { flags: AddressFlag.noDad } : {});
    }
    doubtNothing("far");
    outside.setLinkUp("far");
    await using server = new Server();
    const place = open("/proc/thread-self/ns/net");
    await withLinkApart(outside, "near", async (rtnetlink) => {
      doubtNothing("near");
      await bringUp(rtnetlink, "near");
      const { index = 0, hardwareAddress = "" } = rtnetlink.link("near") ?? {};
      const inside = open("/proc/thread-self/ns/net");
      const there = <T>(action: () => T): T => {
        joinNamespace(place);
        try {
          return action();
        } finally {
          joinNamespace(inside);
        }
      };
      const restart = async (another = program) => {
        server.forget();
        there(() => server.start(another));
        await server.says(another.ready);
      };
      const link = { index, hardwareAddr: hardwareAddress };
      try {
        // Kea listens on the address that its end has of its own, and looks for it only once.
        await eventually(() => outside.addresses().some(({ scope, family }) => scope === "link" && family === "inet6"));
        await restart();
        await body({
          ...{ server, link, hardwareAddress: parseHardwareAddress(hardwareAddress) },
          ...{ rtnetlink, outside, restart, there },
        });
      } finally {
        close(inside);
      }
    });
    close(place);
  });

/** Link-local addresses are usable at once: the kernel would ask for seconds whether somebody else has them. */
const doubtNothing = (link: string) => writeFileSync(`/proc/sys/net/ipv6/conf/${link}/accept_dad`, "0");

/** Asks as usual whether others have an address, in the network of the thread that calls. */
export const doubt = (link: string) => writeFileSync(`/proc/sys/net/ipv6/conf/${link}/accept_dad`, "1");

/** A server's process, and what it says. */
export class Server implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "dhcp-"));
  readonly #said = new Notice();
  #name = "";
  #output = "";
  #child: ReturnType<typeof Bun.spawn> | undefined;

  /** In the network of the thread that calls. */
  start({ name, flags, config = {}, package: of }: ServerProgram): void {
    this.#name = name;
    const path = Bun.which(name);
    if (path === null) throw new Error(`Cannot test against a real DHCP server: the package ${of} is missing`);
    const file = join(this.#directory, "config");
    writeFileSync(file, JSON.stringify(config).replaceAll("DIRECTORY", this.#directory));
    const given = flags.map((flag) => flag.replaceAll("CONFIG", file).replaceAll("DIRECTORY", this.#directory));
    const env = { ...process.env, KEA_PIDFILE_DIR: this.#directory, KEA_LOCKFILE_DIR: this.#directory };
    const child = Bun.spawn([path, ...given], { stdout: "pipe", stderr: "pipe", env });
    this.#child = child;
    void this.#read(child.stdout);
    void this.#read(child.stderr);
  }

  /** Resolves with the line once the server has said a text, after what `forget` dropped. */
  async says(text: string): Promise<string> {
    const signal = AbortSignal.timeout(15_000);
    while (true) {
      const line = this.#output.split("\n").find((candidate) => candidate.includes(text));
      if (line !== undefined) return line;
      if (signal.aborted) throw new Error(`${this.#name} never said "${text}": ${this.#output}`);
      await this.#said.next(signal);
    }
  }

  hasSaid(text: string): boolean {
    return this.#output.includes(text);
  }

  forget(): void {
    this.#output = "";
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true });
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      this.#output += Buffer.from(chunk).toString();
      this.#said.post();
    }
  }
}

/** dnsmasq, for either family. */
export const dnsmasq = (ready: string, ...flags: readonly string[]): ServerProgram => ({
  name: "dnsmasq",
  package: "dnsmasq-base",
  flags: [
    ...["--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=far", "--no-ping", "--user=root"],
    ...["--pid-file=", "--log-facility=-", "--dhcp-leasefile=DIRECTORY/leases", "--dhcp-authoritative", ...flags],
  ],
  ready,
});

/** Kea keeps what it is known by in a file of the system's, unless it is told. */
const ownIdentity = { type: "LL", htype: 1, identifier: "020000000001", persist: false };

/** Kea's server of one family, which gives 120 seconds. */
export function kea(family: 4 | 6, pool: string, subnet: string, options: readonly object[]): ServerProgram {
  const common = {
    "interfaces-config": { interfaces: ["far"] },
    "lease-database": { type: "memfile", persist: false },
    "valid-lifetime": 120,
    ...(family === 6 ? { "preferred-lifetime": 100, "server-id": ownIdentity } : {}),
    "option-data": options,
    loggers: [{ name: `kea-dhcp${family}`, output_options: [{ output: "stdout" }], severity: "INFO" }],
  };
  const section = {
    [`subnet${family}`]: [{ id: 1, subnet, pools: [{ pool }], ...(family === 6 && { interface: "far" }) }],
  };
  return {
    ...{ name: `kea-dhcp${family}`, package: `kea-dhcp${family}-server`, flags: ["-c", "CONFIG"] },
    ...{ ready: `DHCP${family}_STARTED`, config: { [`Dhcp${family}`]: { ...common, ...section } } },
  };
}
