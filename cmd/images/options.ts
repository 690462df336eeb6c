import { defineOptions } from '../option-table.ts'
import { imageOptions } from '../shared-options.ts'

export const imagesOptions = defineOptions({
  output: {
    kind: 'choice',
    alias: 'o',
    valueName: 'FORMAT',
    choices: ['table', 'name', 'json'],
    default: 'table',
    description: 'Output format; name: the images alone, one a line',
  },
  'no-headers': { kind: 'boolean', description: 'Print the table without its headers' },
  ...imageOptions,
})
