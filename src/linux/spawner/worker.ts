import { messageOf } from "../../errors/message.ts";
import {
  Capability,
  dropAllBoundingCapabilities,
  dropBoundingCapability,
  dropSupplementaryGroups,
  forbidNewPrivileges,
} from "../capability.ts";
import { enterConfinement } from "./confine.ts";
import type { Child, Drop, Reply, Request } from "./messages.ts";

// The whole program of the spawner's thread. Everything a service must not have is taken from this thread, and the
// kernel hands the rest down to whatever it starts: no wrapper program, no cost per process.

declare const self: Worker;

const children = new Map<number, Bun.Subprocess>();
const reply = (message: Reply) => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<Request>) => {
  if (data.kind === "prepare") prepare(data.drop, data.confine);
  else if (data.kind === "spawn") start(data.id, data.child);
  else children.get(data.id)?.kill(data.signal);
};

function prepare(drop: Drop, confine: Extract<Request, { kind: "prepare" }>["confine"]): void {
  try {
    if (confine !== undefined) {
      enterConfinement(confine);
      forbidNewPrivileges();
    }
    dropSupplementaryGroups();
    if (drop === "all") dropAllBoundingCapabilities();
    else dropBoundingCapability(Capability.sysModule, Capability.sysBoot);
    reply({ kind: "ready" });
  } catch (thrown) {
    reply({ kind: "unready", error: messageOf(thrown) });
  }
}

function start(id: number, { argv, env, cwd, uid, gid, session, outputFd, cgroupFd }: Child): void {
  try {
    const child = Bun.spawn([...argv], {
      env,
      cwd,
      stdin: "ignore",
      stdout: outputFd,
      stderr: outputFd,
      detached: session,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(cgroupFd === undefined ? {} : { cgroup: cgroupFd }),
    });
    children.set(id, child);
    reply({ kind: "started", id, pid: child.pid });
    void child.exited.then(() => ended(id, child));
  } catch (thrown) {
    reply({ kind: "failed", id, error: messageOf(thrown) });
  }
}

function ended(id: number, child: Bun.Subprocess): void {
  children.delete(id);
  const signal = child.signalCode === null ? undefined : String(child.signalCode);
  // Bun reports 128 + n as the exit code of a process that signal n ended; the kernel knows no exit code then.
  const code = signal === undefined ? (child.exitCode ?? undefined) : undefined;
  reply({ kind: "exited", id, code, signal });
}
