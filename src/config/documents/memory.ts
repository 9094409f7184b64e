import { boolean, integer, section, string } from "../describe.ts";
import { outOfMemoryRanking, outOfMemoryTrigger } from "../expressions/environments.ts";
import { positiveDuration } from "../formats.ts";

/** `ZswapConfig`: compressed memory before swap. */
export const zswapConfig = section({
  doc: "Compresses pages in memory before they go to swap.",
  since: "1.11",
  effect: "live",
  fields: {
    maxPoolPercent: integer({
      doc: "Part of the memory that compressed pages may take; 20 when empty.",
      minimum: 0,
      maximum: 100,
      zeroCounts: true,
    }),
    shrinkerEnabled: boolean({ doc: "Write pages out early when memory runs short." }),
  },
});

/** `OOMConfig`: what is ended when memory runs out. */
export const oomConfig = section({
  doc: "When and what the machine ends before the kernel must, as memory runs out.",
  since: "1.12",
  effect: "live",
  fields: {
    triggerExpression: string({
      doc: "Expression over memory pressure that is true when something has to go.",
      check: outOfMemoryTrigger,
      example: "memory_full_avg10 > 12.0 && time_since_trigger > duration('500ms')",
    }),
    cgroupRankingExpression: string({
      doc: "Expression that gives each cgroup a number; the highest goes first.",
      check: outOfMemoryRanking,
      example: "memory_max.hasValue() ? 0.0 : double(memory_current.orValue(0u))",
    }),
    sampleInterval: string({ doc: "How often it is looked at.", check: positiveDuration, example: "100ms" }),
  },
});
