import { defineCommand } from '../../command.ts'
import { interruptedExitCodes } from '../../exit-code.ts'
import { bigTcpOptions } from './options.ts'

export const ciliumBigTcpCommand = defineCommand({
  path: ['cilium', 'bigtcp'],
  group: 'Cilium',
  summary: 'Whether BIG TCP is really on, on each node, and if not, why',
  description: `Asks all Cilium agents what they have set, and the kernel of each node how large a packet may be that it handles as one (GSO and GRO), on its devices and on the interfaces of its pods. Names what is in the way: a tunnel, encryption, kube-proxy, masquerading by iptables, the kernel, the driver. "Enabled" with 65536 bytes is no gain, and is reported so: every node has that without BIG TCP.

Changes nothing. With --bench it also sends traffic between two pods of its own, which are removed afterwards.`,
  options: bigTcpOptions,
  examples: [
    { comment: 'All nodes', command: 'kubectl perf cilium bigtcp' },
    {
      comment: 'Before BIG TCP is enabled and afterwards, to compare',
      command: 'kubectl perf cilium bigtcp --bench -o json --output-file before.json',
    },
    {
      comment: 'In CI: exit code 99 unless it is on for IPv4 on at least three nodes',
      command: "kubectl perf cilium bigtcp --threshold 'big_tcp_nodes{ip_family=4,state=on}>=3'",
    },
  ],
  exitCodes: [
    ['0', 'BIG TCP is on wherever it was asked for, or off by choice'],
    ['99', 'It was asked for and is off, without gain, or not on for all pods; or a threshold does not hold'],
    ['1', 'Something is missing or broken: an agent that does not answer, a permission, the cluster, or no Cilium'],
    ['2', 'The command line is wrong'],
    interruptedExitCodes(', after cleaning up'),
  ],
  run: async (options, context) => (await import('./run.ts')).runCiliumBigTcp(options, context),
})
