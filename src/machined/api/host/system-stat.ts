import { type CpuTimes, readSystemStat } from "../../../linux/proc/stat.ts";
import type { machine } from "../../../proto/index.ts";

const cpuStat = ({ softIrq, guestNice, ...times }: CpuTimes): machine.CPUStat.$Properties => ({
  ...times,
  soft_irq: softIrq,
  guest_nice: guestNice,
});

/** MachineService/SystemStat: /proc/stat. */
export async function systemStat(): Promise<machine.SystemStatResponse.$Properties> {
  const stat = await readSystemStat();
  const { netTx, netRx, blockIoPoll, ...softIrqs } = stat.softIrqs;
  return {
    messages: [
      {
        boot_time: stat.bootTime,
        cpu_total: cpuStat(stat.total),
        cpu: stat.cpus.map(cpuStat),
        irq_total: stat.irqTotal,
        irq: [...stat.irqs],
        context_switches: stat.contextSwitches,
        process_created: stat.processesCreated,
        process_running: stat.processesRunning,
        process_blocked: stat.processesBlocked,
        soft_irq_total: stat.softIrqTotal,
        soft_irq: { ...softIrqs, net_tx: netTx, net_rx: netRx, block_io_poll: blockIoPoll },
      },
    ],
  };
}
