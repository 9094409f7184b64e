import { pause } from "../../../async/pause.ts";
import { messageOf } from "../../../errors/message.ts";
import { splitAddressAndPort } from "../../../net/address-with-port.ts";
import { probeTcp } from "../../../net/tcp-probe.ts";
import type { ProbeSpec } from "../../../resources/network/probe-spec.ts";
import type { ProbeStatus } from "../../../resources/network/probe-status.ts";

/** Whatever it says: nobody is connected to more often. */
const shortestIntervalMs = 100;
const defaultTimeoutMs = 10_000;

/**
 * Tries again and again, until the signal aborts. Never throws.
 * @param onResult told each time: that it works, or that it has not so often one after the other that it counts.
 */
export async function runProbe(
  { tcp, interval, failureThreshold }: ProbeSpec,
  onResult: (status: ProbeStatus) => void,
  signal: AbortSignal,
): Promise<void> {
  if (tcp === undefined) return onResult({ success: false, lastError: "it does not say what to try" });
  const { address: host, port } = splitAddressAndPort(tcp.endpoint);
  const timeoutMs = tcp.timeout > 0 ? tcp.timeout : defaultTimeoutMs;
  let failures = 0;
  while (!signal.aborted) {
    const beganMs = performance.now();
    try {
      await probeTcp({ host, port, timeoutMs, signal });
      failures = 0;
      onResult({ success: true, lastError: "" });
    } catch (thrown) {
      if (signal.aborted) return;
      failures += 1;
      if (failures >= failureThreshold) onResult({ success: false, lastError: messageOf(thrown) });
    }
    const tookMs = performance.now() - beganMs;
    await pause(Math.max(0, Math.max(shortestIntervalMs, interval) - tookMs), signal);
  }
}
