import { defineCommand } from '../../command.ts'
import { interruptedExitCodes } from '../../exit-code.ts'
import { ciliumLintOptions } from './options.ts'

export const ciliumLintCommand = defineCommand({
  path: ['cilium', 'lint'],
  group: 'Cilium',
  summary: 'Find Helm values that Cilium would ignore, refuse or change',
  description: `Holds values files against the keys of Cilium's own Helm charts, 1.14 to 1.20. Helm ignores a key that the chart does not have, and does not say so: this command names each such key with its line and the right one. It also finds keys of other versions, values of a wrong type, numbers that the agent changes or does not start with, and settings that do not go together.

Reads files only, and needs no cluster where --cilium-version is given.`,
  options: ciliumLintOptions,
  examples: [
    { comment: 'For the Cilium that the cluster runs', command: 'kubectl perf cilium lint -f values.yaml' },
    {
      comment: 'In CI, without a cluster: exit code 99 when a value does not do what it says',
      command: 'kubectl perf cilium lint -f values.yaml -f production.yaml --cilium-version 1.20',
    },
    {
      comment: 'The values of a release, before an upgrade',
      command: 'helm get values cilium -n kube-system -o yaml | kubectl perf cilium lint -f - --cilium-version 1.20',
    },
  ],
  exitCodes: [
    ['0', 'Every value does what it says; there may be warnings'],
    ['99', 'A value does not do what it says'],
    ['1', 'Something failed'],
    ['2', 'The command line is wrong, or a file is missing or no YAML'],
    interruptedExitCodes(),
  ],
  run: async (options, context) => (await import('./run.ts')).runCiliumLint(options, context),
})
