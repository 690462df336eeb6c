import { defineCommand } from '../command.ts'
import { runExitCodes } from '../exit-code.ts'
import { densityOptions } from './options.ts'

export const densityCommand = defineCommand({
  path: ['density'],
  group: 'Measure',
  summary: 'How fast pods are created, scheduled, started and ready',
  description: `Creates pods at a steady rate, follows each of them by a watch until it is Ready, deletes everything and waits until it is gone. Reports the latency of each step from the moment the create request was sent, the requests the API server answered, and the rates that were reached.

Needs no files, nothing installed in the cluster, and no Prometheus. Everything is removed afterwards, also after Ctrl-C.`,
  options: densityOptions,
  exitCodes: runExitCodes,
  examples: [
    { comment: 'Ten pods, each in a namespace of its own', command: 'kubectl perf density' },
    {
      comment: '500 pods in one namespace at 50 per second, failing when one takes longer than 10 seconds',
      command:
        "kubectl perf density --iterations 500 --namespaces single --qps 50 --threshold 'pod_ready_latency.max<10s'",
    },
    {
      comment: 'Five Deployments that are scaled from 10 to 20 pods, each step measured',
      command: 'kubectl perf density --workload deployments --iterations 5 --replicas 10 --scale-to 20',
    },
    { comment: 'A kube-burner configuration as it is', command: 'kubectl perf density -f kube-burner.yml' },
    { comment: 'The plan and every object, nothing sent', command: 'kubectl perf density --dry-run=client' },
    {
      comment: 'With rights in one namespace only',
      command: 'kubectl perf density --namespace team-a --no-create-namespace',
    },
    { comment: 'The whole record, for scripts', command: 'kubectl perf density -o json' },
  ],
  run: async (options, context) => (await import('./run.ts')).runDensityCommand(options, context),
})
