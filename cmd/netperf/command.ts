import { defineCommand } from '../command.ts'
import { runExitCodes } from '../exit-code.ts'
import { netperfOptions } from './options.ts'

export const netperfCommand = defineCommand({
  path: ['netperf'],
  group: 'Measure',
  summary: 'Throughput, latency and loss between pods, and what limits them',
  description: `Starts clients and servers as pods, releases all clients at the same moment, and measures at the receiving end, several times, with the other tests in turns. Says for each figure how sure it is, and what limits it: CPU of the sender or the receiver, a bandwidth limit, loss, the window, the link or the network.

Needs no CRD, nothing installed in the cluster, and no Prometheus. Everything is removed afterwards, also after Ctrl-C. Traffic without a rate takes what the links have: look at --dry-run=client first where others use them too.`,
  options: netperfOptions,
  examples: [
    { comment: 'One client, one server on another node', command: 'kubectl perf netperf --protocol tcp --ratio 1:1' },
    {
      comment: 'What Services and the pod network cost against the host network',
      command: 'kubectl perf netperf --path pod,service --host-baseline',
    },
    {
      comment: 'The highest rate of datagrams that loses at most 0.1%',
      command: 'kubectl perf netperf --protocol udp --bandwidth max',
    },
    {
      comment: 'Fifty pairs at once, failing when the slowest are far behind',
      command:
        "kubectl perf netperf --ratio 50:50 --samples 1 --threshold 'pair_tcp_throughput.p05/pair_tcp_throughput.p50>0.7'",
    },
    { comment: 'Each node to each node, with the slow ones named', command: 'kubectl perf netperf --mesh -o wide' },
    {
      comment: 'Latency of HTTP requests at 1000 per second, through a Service',
      command: 'kubectl perf netperf --protocol http --path service --requests-per-second 1000',
    },
  ],
  exitCodes: runExitCodes,
  run: async (options, context) => (await import('./run.ts')).runNetperfCommand(options, context),
})
