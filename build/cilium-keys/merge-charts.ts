import type { Chart, ChartKey, Types } from './read-chart.ts'

/** A key over all charts. */
export interface MergedKey {
  /** By the position of the chart; undefined where the chart has no such key. */
  readonly types: readonly (Types | undefined)[]
  readonly below: ReadonlyMap<string, MergedKey>
  /** The flag of the agent or the operator that it sets. */
  readonly flag?: string
}

export interface MergedCharts {
  readonly releases: readonly string[]
  /** The position of the first chart that has a schema. */
  readonly firstSchema: number
  readonly keys: ReadonlyMap<string, MergedKey>
}

/** One tree out of the charts' trees, oldest chart first. */
export function mergeCharts(charts: readonly Chart[]): MergedCharts {
  const firstSchema = charts.findIndex(({ hasSchema }) => hasSchema)
  const flagOf = new Map<string, string>()
  for (const { flags } of charts) for (const [flag, path] of flags) flagOf.set(path, flag)
  const merge = (trees: readonly (ReadonlyMap<string, ChartKey> | undefined)[], prefix: string) => {
    const names = [...new Set(trees.flatMap((tree) => [...(tree?.keys() ?? [])]))].sort()
    return new Map<string, MergedKey>(
      names.map((name) => {
        const keys = trees.map((tree) => tree?.get(name))
        const flag = flagOf.get(`${prefix}${name}`)
        const types = keys.map((key) => key?.types)
        const merged: MergedKey = {
          types: types.map((own, index) => (index < firstSchema ? looser(own, types[firstSchema]) : own)),
          below: merge(
            keys.map((key) => key?.below),
            `${prefix}${name}.`,
          ),
        }
        return [name, flag === undefined ? merged : { ...merged, flag }]
      }),
    )
  }
  return {
    releases: charts.map(({ release }) => release),
    firstSchema,
    keys: merge(
      charts.map(({ keys }) => keys),
      '',
    ),
  }
}

// A chart without a schema tells a type only by its default; what the next schema allows was allowed before.
function looser(own: Types | undefined, later: Types | undefined): Types | undefined {
  if (own === undefined || later === undefined || later.startsWith('{') || later === 'z') return own
  if (own === '*') return later
  // A map that was none, or the other way around, is another key by the same name.
  if (later === '*' || /[mf]/.test(own) || /[mf]/.test(later)) return own
  return [...new Set(`${own}${later}`.split(''))].sort().join('')
}
