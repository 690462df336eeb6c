import { isMetricName, metricDefinition, metricNames } from '../../lib/record/catalogue/metric-catalogue.ts'
import { nearest } from '../../lib/record/nearest-word.ts'
import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { outputOptions, RECORD_FORMATS } from '../shared-options.ts'

export const compareOptions = defineOptions({
  ...inGroup('Comparison options', {
    'fail-on-regression': {
      kind: 'text',
      valueName: 'PERCENT',
      description:
        'End with exit code 99 when a figure that gates is worse by more than this, beyond what chance explains, e.g. 5%',
      check: (text) => (parsePercent(text) === undefined ? 'must be a percentage such as 5%' : undefined),
    },
    metric: {
      complete: 'metrics',
      kind: 'text',
      valueName: 'METRIC',
      list: 'separated',
      description: 'Metrics that gate, in place of the headline figures of the command',
      check: checkMetric,
    },
    force: {
      kind: 'boolean',
      description: 'Compare also runs that did not measure the same, or did not end well',
    },
  }),
  ...outputOptions(RECORD_FORMATS),
})

export type CompareOptions = OptionValues<typeof compareOptions>

/** `5%` or `5` as 0.05. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text)
  return match === null ? undefined : Number(match[1]) / 100
}

function checkMetric(name: string): string | undefined {
  if (isMetricName(name)) {
    return metricDefinition(name).better === undefined ? 'is neither better high nor low, and cannot gate' : undefined
  }
  const near = nearest(name, metricNames())
  return `is not a metric${near === undefined ? '' : `; did you mean "${near}"?`}`
}
