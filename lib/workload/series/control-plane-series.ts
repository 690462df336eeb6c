import type { SeriesQuery } from '../../prometheus/server/read-series.ts'

/** Work queues have a name each, some sixty of them, nearly all of which are empty. */
const MOST_QUEUES = 10

/** How the control plane was doing during a run. */
export const controlPlaneSeries: readonly SeriesQuery[] = [
  {
    metric: 'apiserver_request_rate',
    unit: '1/s',
    sources: [
      {
        metric: 'apiserver_request_total',
        expression: (range) => `sum by (verb) (rate(apiserver_request_total${range}))`,
      },
    ],
  },
  // Watches last as long as one wants, and so do connections to pods.
  ...quantiles(['0.9', '0.99'], {
    metric: 'apiserver_request_latency',
    histogram: 'apiserver_request_duration_seconds',
    by: 'verb',
    selector: '{verb!~"WATCH|CONNECT"}',
  }),
  ...quantiles(['0.99'], {
    metric: 'etcd_request_latency',
    histogram: 'etcd_request_duration_seconds',
    by: 'operation',
    selector: '',
  }),
  {
    metric: 'workqueue_depth',
    unit: 'count',
    top: MOST_QUEUES,
    skipIdle: true,
    sources: [{ metric: 'workqueue_depth', expression: () => 'sum by (job, name) (workqueue_depth)' }],
  },
]

interface HistogramSeries {
  metric: string
  histogram: string
  by: string
  selector: string
}

/** By Prometheus' own interpolation within a bucket. */
function quantiles(wanted: readonly string[], { metric, histogram, by, selector }: HistogramSeries): SeriesQuery[] {
  return wanted.map((quantile) => ({
    metric,
    unit: 's',
    labels: { quantile },
    sources: [
      {
        metric: `${histogram}_count`,
        expression: (range) =>
          `histogram_quantile(${quantile}, sum by (le, ${by}) (rate(${histogram}_bucket${selector}${range})))`,
      },
    ],
  }))
}
