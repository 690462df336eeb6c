import type { AgentReading } from '../../record/cilium-figures.ts'
import type { MapSeries, OperationSeries } from '../../record/details/load-details.ts'
import type { LoadRun } from './load-run.ts'

type Run = Pick<LoadRun, 'readings' | 'startedAtMs'>

/** The figures of each map of each node over time, where they changed. */
export function mapSeries(run: Run): MapSeries[] {
  const series = collect(run, (reading, t) =>
    reading.maps.flatMap(({ map, used, pressure }) =>
      used === undefined && pressure === undefined
        ? []
        : [
            {
              key: { node: reading.agent.node, map },
              point: {
                t,
                ...(used === undefined ? {} : { entries: used }),
                ...(pressure === undefined ? {} : { pressure }),
              },
            },
          ],
    ),
  )
  return series.filter(({ points }) =>
    points.some(({ entries, pressure }) => !isSame({ entries, pressure }, points[0])),
  )
}

/** How often the agents have worked on each map, over time, where they did. */
export function operationSeries(run: Run): OperationSeries[] {
  const series = collect(run, (reading, t) =>
    reading.maps.flatMap(({ map, operations }) =>
      operations.map(({ operation, outcome, count }) => ({
        key: { node: reading.agent.node, map, operation, outcome },
        point: { t, count },
      })),
    ),
  )
  return series.filter(({ points }) => points.some(({ count }) => count !== points[0]?.count))
}

/** Seconds since the first connection, to the millisecond. */
export function secondsOf({ startedAtMs = 0 }: Pick<LoadRun, 'startedAtMs'>, atMs: number): number {
  return Math.round(atMs - startedAtMs) / 1000
}

function collect<Key extends object, Point>(
  run: Run,
  pointsOf: (reading: AgentReading, t: number) => { key: Key; point: Point }[],
): (Key & { points: Point[] })[] {
  const series = new Map<string, Key & { points: Point[] }>()
  for (const reading of run.readings.flatMap(({ readings }) => readings)) {
    const t = secondsOf(run, Date.parse(reading.readAt))
    for (const { key, point } of pointsOf(reading, t)) {
      const name = JSON.stringify(key)
      const known = series.get(name) ?? { ...key, points: [] }
      known.points.push(point)
      series.set(name, known)
    }
  }
  return [...series.values()]
}

interface Figures {
  entries?: number | undefined
  pressure?: number | undefined
}

function isSame(a: Figures, b: Figures | undefined): boolean {
  return a.entries === b?.entries && a.pressure === b?.pressure
}
