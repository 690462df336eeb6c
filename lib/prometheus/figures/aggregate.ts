import type { Histogram, Labels, Sample } from '../exposition/exposition.ts'
import { seriesKey } from '../exposition/series-key.ts'

/** The labels of the group that a series belongs to; null leaves it out. */
export type GroupOf = (labels: Labels) => Labels | null

/** Sums samples group by group, as `sum by (…)` does. */
export function sumSamples(series: Iterable<Sample>, groupOf: GroupOf): Sample[] {
  return inGroups(series, groupOf).map(([labels, members]) => ({
    labels,
    value: members.reduce((sum, { value }) => sum + value, 0),
  }))
}

/**
 * Sums histograms group by group, as `sum by (le, …)` does: bound by bound. The sum and the count of a group are left out
 * where a member has none.
 */
export function sumHistograms(series: Iterable<Histogram>, groupOf: GroupOf): Histogram[] {
  return inGroups(series, groupOf).map(([labels, members]) => {
    const counts = new Map<number, number>()
    for (const { upperBounds, cumulativeCounts } of members) {
      for (const [index, bound] of upperBounds.entries()) {
        counts.set(bound, (counts.get(bound) ?? 0) + (cumulativeCounts[index] ?? 0))
      }
    }
    const upperBounds = [...counts.keys()].sort((a, b) => a - b)
    const sum = total(members.map((member) => member.sum))
    const count = total(members.map((member) => member.count))
    return {
      labels,
      upperBounds,
      cumulativeCounts: upperBounds.map((bound) => counts.get(bound) ?? 0),
      ...(sum === undefined ? {} : { sum }),
      ...(count === undefined ? {} : { count }),
    }
  })
}

function inGroups<Series extends { labels: Labels }>(
  series: Iterable<Series>,
  groupOf: GroupOf,
): [labels: Labels, members: Series[]][] {
  const groups = new Map<string, [Labels, Series[]]>()
  for (const one of series) {
    const labels = groupOf(one.labels)
    if (labels === null) continue
    const key = seriesKey(labels)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [labels, [one]])
    else group[1].push(one)
  }
  return [...groups.values()]
}

function total(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0)
}
