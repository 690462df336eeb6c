import { defineCommand } from '../../command.ts'
import { interruptedExitCodes } from '../../exit-code.ts'
import { ciliumMapsOptions } from './options.ts'

export const ciliumMapsCommand = defineCommand({
  path: ['cilium', 'maps'],
  group: 'Cilium',
  summary: 'How full the eBPF maps of Cilium are on each node, and what to change',
  description: `Asks all Cilium agents at once, and shows for each map its worst node, how full it is, what happens when it is full (the kernel evicts other entries, or new ones are refused), and which operations failed. Below stand the connection tracking table, and for maps that are full or nearly so the setting that helps, with the memory it takes.

Changes nothing, and dumps nothing unless --deep asks for it. What Cilium does not report is listed as such, and never shown as 0.`,
  options: ciliumMapsOptions,
  examples: [
    { comment: 'All agents of the cluster', command: 'kubectl perf cilium maps' },
    {
      comment: 'Every map of one node, with sizes and memory',
      command: 'kubectl perf cilium maps --node node-a -o wide',
    },
    {
      comment: 'In CI: exit code 99 when a map is fuller than 80%, or is full and fails',
      command: "kubectl perf cilium maps --threshold 'bpf_map_pressure.max<0.8'",
    },
    {
      comment: 'Count what Cilium does not report',
      command: "kubectl perf cilium maps --deep --map 'neigh|affinity|reverse_sk'",
    },
    { comment: 'How the connection tracking tables change', command: 'kubectl perf cilium maps --map ^ct --watch' },
    {
      comment: 'Without running anything in the agents',
      command: 'kubectl perf cilium maps --no-exec',
    },
  ],
  exitCodes: [
    ['0', 'All agents were read, no map is full and fails, and every threshold holds'],
    ['99', 'A map is full and refuses entries, or a threshold does not hold'],
    ['1', 'Something is missing or broken: an agent that does not answer, a permission, the cluster, or no Cilium'],
    ['2', 'The command line is wrong'],
    interruptedExitCodes(', also when that ends --watch'),
  ],
  run: async (options, context) => (await import('./run.ts')).runCiliumMaps(options, context),
})
