import { defineCommand } from '../command.ts'
import { completionOptions } from './options.ts'

export const completionCommand = defineCommand({
  path: ['completion'],
  group: 'Other',
  summary: 'Complete commands, flags and names of the cluster with the Tab key',
  description: `install writes kubectl_complete-perf, a script of three lines, beside the plugin: kubectl asks it what may follow "kubectl perf", in every shell for which kubectl's own completion is set up. uninstall removes it.

The name of a shell prints a script for that shell instead, for those who cannot write to a folder of PATH.

Names of contexts come from the kubeconfig; those of namespaces, nodes, runs and Cilium's maps from the cluster that the line names so far, if it answers within a second (or PERF_COMPLETION_TIMEOUT, such as 3s).`,
  positionals: [
    {
      name: 'WHAT',
      description: 'bash, zsh, fish or powershell: print the script; install or uninstall: for kubectl in every shell',
      required: true,
      choices: ['bash', 'zsh', 'fish', 'powershell', 'install', 'uninstall'],
    },
  ],
  options: completionOptions,
  examples: [
    { comment: 'For kubectl, in every shell', command: 'kubectl perf completion install' },
    { comment: 'For this bash only', command: 'source <(kubectl perf completion bash)' },
    { comment: 'Remove it again', command: 'kubectl perf completion uninstall --yes' },
  ],
  run: async (options, context, words) => (await import('./run.ts')).runCompletion(options, context, words),
})
