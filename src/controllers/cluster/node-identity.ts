import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fromBase62, toBase62 } from "../../bytes/base62.ts";
import { defineController } from "../../cosi/controller.ts";
import { codeOf } from "../../errors/message.ts";
import { durableWrite } from "../../files/durable-write.ts";
import { Identity } from "../../resources/cluster/identity.ts";
import { EtcFileSpec } from "../../resources/files/etc-file-spec.ts";
import { MountStatus } from "../../resources/runtime/mount-status.ts";

const identityBytes = 32;
const machineIdBytes = 16;
const readable = 0o444;

export interface NodeIdentityOptions {
  /** Resolves when it is known whether this machine has a STATE volume; it is mounted then. */
  readonly openState: (signal: AbortSignal) => Promise<unknown>;
  /** Where the identity survives a reboot, on STATE. */
  readonly path?: string;
}

/**
 * Gives this machine an identity of its own, once, and derives /etc/machine-id from it. It is kept on STATE: on a
 * machine that gets its STATE later, from then on.
 */
export const nodeIdentityController = ({ openState, path = "/system/state/node-identity.yaml" }: NodeIdentityOptions) =>
  defineController({
    name: "cluster.NodeIdentityController",
    inputs: [{ kind: MountStatus, id: "STATE", strength: "weak" }],
    outputs: [
      { kind: Identity, sharing: "shared" },
      { kind: EtcFileSpec, sharing: "shared" },
    ],
    async reconcile(context) {
      await openState(context.signal);
      const saved = await readIdentity(path);
      const known = (await context.get(Identity, "local"))?.spec.nodeId ?? saved;
      const nodeId = known ?? toBase62(randomBytes(identityBytes));
      const canSave = (await context.get(MountStatus, "STATE")) !== undefined;
      if (canSave && saved !== nodeId) await durableWrite(path, `nodeId: ${nodeId}\n`);
      await context.put(Identity, "local", { nodeId });
      const contents = new TextEncoder().encode(`${machineIdOf(nodeId)}\n`);
      await context.put(EtcFileSpec, "machine-id", { contents, mode: readable, selinux_label: "" });
    },
  });

async function readIdentity(path: string): Promise<string | undefined> {
  try {
    const found: unknown = /^nodeId: ([0-9A-Za-z]+)$/m.exec(await readFile(path, "utf8"))?.[1];
    return typeof found === "string" ? found : undefined;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** machine-id(5): 32 hexadecimal digits, here of the identity's first bytes. */
export const machineIdOf = (nodeId: string): string =>
  Buffer.from(fromBase62(nodeId, identityBytes).subarray(0, machineIdBytes)).toString("hex");
