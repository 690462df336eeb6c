import type { SeriesQuery } from '../../prometheus/server/read-series.ts'

/** Of the maps of all nodes those that are fullest. */
const MOST_MAPS = 40

/** How full maps were, as the agents tell Prometheus. Agents tell so of maps that can be full; 0 of one that is empty. */
export const mapSeries: readonly SeriesQuery[] = [
  {
    metric: 'bpf_map_pressure',
    unit: 'ratio',
    top: MOST_MAPS,
    skipIdle: true,
    sources: [
      {
        metric: 'cilium_bpf_map_pressure',
        expression: () =>
          'max by (node, instance, map) (label_replace(cilium_bpf_map_pressure, "map", "$1", "map_name", "(.*)"))',
      },
    ],
  },
]
