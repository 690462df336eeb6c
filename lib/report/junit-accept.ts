import { type AcceptItem, acceptDetailsOf } from '../record/details/accept-details.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Case, junitCase } from './junit-case.ts'
import { scale } from './scale.ts'

const COUNTS_AS = {
  fail: 'failure',
  'no-data': 'error',
  'not-applicable': 'skipped',
  'not-permitted': 'skipped',
} as const

/** Each item of an acceptance checklist as a case, its level in the class; what was measured is the output. */
export function itemCases(record: RunRecord): Case[] {
  return (acceptDetailsOf(record)?.items ?? []).map((item) => {
    const { name, level, result, reason = '', durationSeconds = 0, parameters } = item
    return junitCase({
      classname: `accept.${level}`,
      name,
      seconds: durationSeconds.toFixed(3),
      ...(result === 'pass'
        ? {}
        : {
            told: {
              // Where a required item may not be measured, nobody can say that the cluster passes.
              result: result === 'not-permitted' && level === 'required' ? ('error' as const) : COUNTS_AS[result],
              message: reason,
              type: result,
              details: Object.entries(parameters)
                .map(([parameter, value]) => `${parameter}: ${value}`)
                .join('\n'),
            },
          }),
      output: observations(item),
    })
  })
}

function observations({ thresholds }: AcceptItem): string {
  return thresholds
    .flatMap(({ expression, observed, unit }) =>
      observed === null ? [] : [`${expression}: observed ${scale(observed, unit ?? 'count')}`],
    )
    .join('\n')
}
