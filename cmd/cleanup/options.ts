import { isRunId } from '../../lib/run/ownership.ts'
import { defineOptions, inGroup } from '../option-table.ts'
import { connectionOptions, messageOptions } from '../shared-options.ts'

export const cleanupOptions = defineOptions({
  ...inGroup('Clean-up options', {
    run: {
      kind: 'text',
      valueName: 'ID',
      list: 'separated',
      description: 'Remove this run, also when it is alive or was kept. This flag can be repeated',
      complete: 'runs',
      check: (value) => (isRunId(value) ? undefined : 'must be a run id of six letters and digits'),
    },
    all: { kind: 'boolean', description: 'Remove every run, also those that are alive or were kept' },
    yes: { kind: 'boolean', alias: 'y', description: 'Do not ask before removing' },
    timeout: {
      kind: 'duration',
      valueName: 'DURATION',
      default: '5m',
      min: 1,
      description: 'The length of time to wait for a run to be gone',
    },
  }),
  ...messageOptions,
  ...connectionOptions,
})
