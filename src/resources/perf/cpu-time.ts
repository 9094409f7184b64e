import { double } from "../fields/index.ts";

export const cpuTimeFields = {
  user: double(1),
  nice: double(2),
  system: double(3),
  idle: double(4),
  iowait: double(5),
  irq: double(6),
  softIrq: double(7),
  steal: double(8),
  guest: double(9),
  guestNice: double(10),
};
