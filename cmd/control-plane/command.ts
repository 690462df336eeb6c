import { defineCommand } from '../command.ts'
import { interruptedExitCodes } from '../exit-code.ts'
import { controlPlaneOptions } from './options.ts'

export const controlPlaneCommand = defineCommand({
  path: ['control-plane'],
  group: 'Measure',
  summary: 'What the control plane does in a window, and whether it keeps up',
  description: `Request rates, latencies against the service levels that Kubernetes aims at, requests in flight against their limits, etcd, work queues and watches, by what the API servers, the scheduler and the controller manager count themselves. Makes nothing in the cluster.

Where the cluster has a Prometheus, the scrapes that it has stored are read: of all API servers, of a window that ends now, at once. Where not, the /metrics of the API server that answers are read at the beginning and at the end of a window that begins now, and so are those of the scheduler and the controller manager where they run as pods and may be reached. Two servers are never subtracted from each other. Latencies are interpolated from histograms: each is off by a bucket at most.`,
  options: controlPlaneOptions,
  examples: [
    {
      comment: 'The last five minutes by the Prometheus of the cluster; without one, the next minute',
      command: 'kubectl perf control-plane',
    },
    {
      comment: 'The last hour by a certain Prometheus, each API server apart',
      command: 'kubectl perf control-plane --prometheus svc/monitoring/prometheus-operated --window 1h --by-server',
    },
    {
      comment: 'Window after window, while something else loads the cluster',
      command: 'kubectl perf control-plane --prometheus none --window 10s --watch',
    },
    {
      comment: 'In CI: exit code 99 when creating pods takes longer than the service level',
      command: "kubectl perf control-plane --threshold 'apiserver_request_latency{verb=POST,resource=pods}.p99<1s'",
    },
  ],
  exitCodes: [
    ['0', 'The figures are there and every threshold holds'],
    ['99', 'A threshold does not hold'],
    ['1', 'There are no figures, or something is broken: a permission, the cluster, a Prometheus that was named'],
    ['2', 'The command line is wrong'],
    interruptedExitCodes(', also when that ends --watch'),
  ],
  run: async (options, context) => (await import('./run.ts')).runControlPlane(options, context),
})
