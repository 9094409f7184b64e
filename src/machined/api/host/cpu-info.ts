import { type CpuInfo, readCpuInfo } from "../../../linux/proc/cpuinfo.ts";
import type { machine } from "../../../proto/index.ts";

/** MachineService/CPUInfo: /proc/cpuinfo. Processors of other architectures have fewer keys; what is missing stays empty. */
export async function cpuInfo(): Promise<machine.CPUInfoResponse.$Properties> {
  return { messages: [{ cpu_info: (await readCpuInfo()).map(message) }] };
}

function message(cpu: CpuInfo): machine.CPUInfo.$Properties {
  const text = (key: string): string => cpu.get(key) ?? "";
  const number = (key: string): number => Number.parseFloat(text(key)) || 0;
  const words = (key: string): string[] => text(key).split(" ").filter(Boolean);
  return {
    processor: number("processor"),
    vendor_id: text("vendor_id"),
    cpu_family: text("cpu family"),
    model: text("model"),
    model_name: text("model name"),
    stepping: text("stepping"),
    microcode: text("microcode"),
    cpu_mhz: number("cpu MHz"),
    cache_size: text("cache size"),
    physical_id: text("physical id"),
    siblings: number("siblings"),
    core_id: text("core id"),
    cpu_cores: number("cpu cores"),
    apic_id: text("apicid"),
    initial_apic_id: text("initial apicid"),
    fpu: text("fpu"),
    fpu_exception: text("fpu_exception"),
    cpu_id_level: number("cpuid level"),
    wp: text("wp"),
    flags: words("flags"),
    bugs: words("bugs"),
    bogo_mips: number("bogomips"),
    cl_flush_size: number("clflush size"),
    cache_alignment: number("cache_alignment"),
    address_sizes: text("address sizes"),
    power_management: text("power management"),
  };
}
