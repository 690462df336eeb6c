import type { Finding, Series } from '../../record/run-record.ts'
import type { Prometheus } from './prometheus.ts'

/** What is to be said of series that were read, and of those that were not. */
export function seriesFindings(
  { label, how, warnings }: Pick<Prometheus, 'label' | 'how' | 'warnings'>,
  read: {
    series: readonly Series[]
    missing: ReadonlyMap<string, readonly string[]>
    dropped: readonly string[]
    intervals: ReadonlySet<number>
  },
): Finding[] {
  const { series, missing, dropped, intervals } = read
  const every = [...new Set([...intervals].sort((a, b) => a - b).map((seconds) => `${Number(seconds.toFixed(1))} s`))]
  const found: Finding[] =
    series.length === 0
      ? []
      : [
          {
            severity: 'info',
            code: 'PrometheusSeries',
            message: `${series.length} series of this time are from Prometheus ${label} (${how}), measured every ${every.join(' or ')}${dropped.length === 0 ? '' : `; left out: ${dropped.join(', ')}`}`,
            count: series.length,
          },
        ]
  const absent = [...missing].map(([reason, metrics]): Finding => {
    const names = [...new Set(metrics)].join(', ')
    return {
      severity: series.length === 0 ? 'warning' : 'info',
      code: 'NoPrometheusSeries',
      message: `no series of ${names} from Prometheus ${label}: ${reason}`,
    }
  })
  const said = [...warnings].map((warning): Finding => {
    return { severity: 'warning', code: 'PrometheusWarning', message: `Prometheus ${label} says: ${warning}` }
  })
  return [...found, ...absent, ...said]
}
