import { defineCommand } from '../command.ts'
import { interruptedExitCodes } from '../exit-code.ts'
import { cleanupOptions } from './options.ts'

export const cleanupCommand = defineCommand({
  path: ['cleanup'],
  group: 'Other',
  summary: 'Remove what a killed run left in the cluster',
  description: `Lists the runs of which the cluster still holds objects, and removes those that are dead: a live run renews its heartbeat every 10 seconds, and one without for 30 seconds is taken for dead. What --keep left on purpose is removed only when named with --run, or with --all.

Looks in all namespaces, or with --namespace in that one alone.`,
  options: cleanupOptions,
  examples: [
    { comment: 'List what dead runs left, and remove it after a question', command: 'kubectl perf cleanup' },
    { comment: 'Remove one run without asking', command: 'kubectl perf cleanup --run 3f9kq2 -y' },
    { comment: 'With rights in one namespace only', command: 'kubectl perf cleanup --namespace team-a' },
  ],
  exitCodes: [
    ['0', 'Everything that was to be removed is gone, or there was nothing'],
    ['1', 'Something is left, a run of --run is not there, or the cluster or a permission failed'],
    ['2', 'The command line is wrong, or removing was not confirmed'],
    interruptedExitCodes('; what is left can be removed later'),
  ],
  run: async (options, context) => (await import('./run.ts')).runCleanup(options, context),
})
