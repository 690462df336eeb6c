import { defineCommand } from '../command.ts'
import { versionOptions } from './options.ts'

export const versionCommand = defineCommand({
  path: ['version'],
  group: 'Other',
  summary: 'Print the version of this plugin',
  options: versionOptions,
  examples: [{ comment: 'Print the version as JSON', command: 'kubectl perf version -o json' }],
  run: async (options, context) => (await import('./print-version.ts')).printVersion(options, context),
})
