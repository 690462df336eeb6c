import { defineOptions } from '../option-table.ts'

export const versionOptions = defineOptions({
  output: {
    kind: 'choice',
    alias: 'o',
    valueName: 'FORMAT',
    choices: ['json', 'yaml'],
    description: 'Output format',
  },
})
