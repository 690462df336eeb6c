import type { RunRecord, Series } from '../../../record/run-record.ts'
import type { Html } from '../html.ts'
import { seriesNames } from '../pieces/series-name.ts'
import { timeSeries } from '../pieces/time-series.ts'
import { type Section, section } from '../section.ts'

/** What was recorded over the time of the run. */
export function seriesOverTime({ series = [] }: RunRecord): readonly Section[] {
  const groups = Map.groupBy(series, ({ metric, unit, source }) => JSON.stringify([metric, unit, source]))
  return section('Over time', [...groups.values()].map(plotOf))
}

function plotOf(group: readonly Series[]): Html {
  const [first] = group
  const nameOf = seriesNames(group)
  return timeSeries({
    title: first?.metric ?? '',
    note: `source: ${first?.source ?? ''}; 0 is the start of the run`,
    unit: first?.unit ?? 'count',
    series: group.map((one) => ({ label: nameOf(one), points: one.points })),
  })
}
