/** Network namespaces on one bridge, which is in a namespace of its own: the host's network is not touched. */
export interface TestNetwork extends AsyncDisposable {
  /** Makes a namespace with that address. @returns what to put before a command to run it there */
  join(name: string, address: string): Promise<readonly string[]>;
  /** Gives it one address more. */
  addAddress(name: string, address: string): Promise<void>;
  takeAddresses(name: string): Promise<void>;
  /** Runs `ip` as this machine, and has what it says. */
  ask(name: string, ...args: string[]): Promise<string>;
  /** Cuts a machine off, and connects it again. */
  connect(name: string, isConnected: boolean): Promise<void>;
}

let networks = 0;

export async function createNetwork(): Promise<TestNetwork> {
  const prefix = `etcd-${process.pid}-${++networks}`;
  const hub = `${prefix}-hub`;
  const made = [hub];
  const ip = async (...args: string[]) => {
    const child = Bun.spawn(["ip", ...args], { stdout: "pipe", stderr: "pipe" });
    if ((await child.exited) !== 0) throw new Error(`ip ${args.join(" ")}: ${await child.stderr.text()}`);
    return await child.stdout.text();
  };
  await ip("netns", "add", hub);
  await ip("-n", hub, "link", "add", "bridge", "type", "bridge");
  await ip("-n", hub, "link", "set", "bridge", "up");
  return {
    async join(name, address) {
      const namespace = `${prefix}-${name}`;
      await ip("netns", "add", namespace);
      made.push(namespace);
      await ip("-n", hub, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", namespace);
      await ip("-n", hub, "link", "set", name, "master", "bridge", "up");
      await ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
      for (const link of ["lo", "eth0"]) await ip("-n", namespace, "link", "set", link, "up");
      return ["ip", "netns", "exec", namespace];
    },
    async addAddress(name, address) {
      await ip("-n", `${prefix}-${name}`, "address", "add", `${address}/24`, "dev", "eth0");
    },
    async takeAddresses(name) {
      await ip("-n", `${prefix}-${name}`, "address", "flush", "dev", "eth0");
    },
    async connect(name, isConnected) {
      await ip("-n", hub, "link", "set", name, isConnected ? "up" : "down");
    },
    ask: (name, ...args) => ip("-n", `${prefix}-${name}`, ...args),
    async [Symbol.asyncDispose]() {
      for (const namespace of made.reverse()) await ip("netns", "delete", namespace);
    },
  };
}
