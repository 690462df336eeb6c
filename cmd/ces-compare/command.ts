import { defineCommand } from '../command.ts'
import { runExitCodes } from '../exit-code.ts'
import { cesCompareOptions } from './options.ts'

export const cesCompareCommand = defineCommand({
  path: ['ces-compare'],
  group: 'Cilium',
  summary: 'What CiliumEndpointSlices save here, in watch events, bytes and relists',
  description: `Watches CiliumEndpoints and CiliumEndpointSlices side by side while pods or endpoints are created, get other labels, churn and are deleted: events by kind and type, exact bytes, and how long a change takes to get into a slice. Where the cluster keeps no slices, they are simulated by the rules of Cilium's operator, and labelled so. What it comes to on so many nodes is modelled, with the formula beside it.

Events, bytes and relists are told apart: slices can save one and cost another. Everything created is removed afterwards, also after Ctrl-C.`,
  options: cesCompareOptions,
  exitCodes: runExitCodes,
  examples: [
    { comment: '200 pods, of which 100 get another label', command: 'kubectl perf ces-compare' },
    {
      comment: 'What happens anyway in five minutes, without creating anything',
      command: 'kubectl perf ces-compare --observe-only --duration 5m',
    },
    {
      comment: '3000 endpoints without pods, a tenth of which churn, on a cluster for tests',
      command: 'kubectl perf ces-compare --endpoints 3000 --churn 10 --rate 100 --yes',
    },
    {
      comment: 'For a cluster of 2000 nodes, as a record for scripts',
      command: 'kubectl perf ces-compare --nodes-model 2000 -o json',
    },
  ],
  run: async (options, context) => (await import('./run.ts')).runCesCompareCommand(options, context),
})
