import { defineOptions } from '../option-table.ts'
import { messageOptions } from '../shared-options.ts'

export const completionOptions = defineOptions({
  yes: { kind: 'boolean', alias: 'y', description: 'Write or remove the file of install and uninstall without asking' },
  ...messageOptions,
})
