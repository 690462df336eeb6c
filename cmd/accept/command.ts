import { defineCommand } from '../command.ts'
import { interruptedExitCodes } from '../exit-code.ts'
import { acceptOptions } from './options.ts'

export const acceptCommand = defineCommand({
  path: ['accept'],
  group: 'Check',
  summary: 'Does this cluster pass the acceptance checklist?',
  description: `Goes through a checklist: connectivity, bandwidth and quality of the network, Services, DNS, load balancers, network policies, how fast pods start and the API server answers, and room for pods. Each item passes, fails, gets no figure, does not apply to this cluster, or is not permitted, with the reason beside it. An item that fails or hangs does not keep the others from being measured.

Items are measured from the lightest to the heaviest, and share pods where they can. What they make goes away with each of them, also after Ctrl-C. The checklist is a YAML file (--print-suite), and yours may be another (--suite).`,
  options: acceptOptions,
  examples: [
    { comment: 'The whole checklist', command: 'kubectl perf accept' },
    { comment: 'What it would do here, and how long that takes', command: 'kubectl perf accept --dry-run=server' },
    { comment: 'Only what is required, for a CI system', command: 'kubectl perf accept --include required -o junit' },
    { comment: 'One item', command: 'kubectl perf accept --item tcp-bandwidth -o wide' },
    {
      comment: 'A suite of your own, in which every item counts',
      command: 'kubectl perf accept --suite suite.yaml --strict',
    },
  ],
  exitCodes: [
    ['0', 'Every required item has passed or does not apply; with --strict every item'],
    ['99', 'A required item failed (with --strict any item), or a threshold of --threshold does not hold'],
    ['1', 'A required item has no figure or is not permitted, objects are left behind, or the cluster broke'],
    ['2', 'The command line or the suite is wrong; nothing was created'],
    interruptedExitCodes(', after cleaning up'),
  ],
  run: async (options, context) => (await import('./run.ts')).runAccept(options, context),
})
