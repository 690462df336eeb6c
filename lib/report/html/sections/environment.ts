import type { RunRecord } from '../../../record/run-record.ts'
import type { Content } from '../html.ts'
import { html } from '../html.ts'
import { noData } from '../pieces/figure.ts'
import { pairs } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

/** Under which conditions the figures came about: what somebody needs who wants to measure the same again. */
export function environment({
  parameters,
  cluster,
  tool,
  runId,
  startedAt,
  finishedAt,
  kind,
  schemaVersion,
}: RunRecord): readonly Section[] {
  return section('Parameters and environment', [
    pairs('Environment', [
      ...(cluster.serverVersion === ''
        ? []
        : ([
            ['Context', cluster.context],
            ['Kubernetes', cluster.serverVersion],
            ['Nodes', cluster.nodes === null ? noData : cluster.nodes],
            ['Platform', cluster.platform],
          ] as const)),
      ['Tool', `${tool.name} ${tool.version}, record of ${kind}, schema ${schemaVersion}`],
      ['Run', runId],
      ['Started', startedAt],
      ['Finished', finishedAt],
    ]),
    pairs(
      'Parameters: every option as it was in force, durations in milliseconds',
      Object.entries(parameters).map(([name, value]) => [optionName(name), optionValue(value)] as const),
    ),
  ])
}

function optionName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function optionValue(value: unknown): Content {
  if (value === undefined || value === null || value === '') return 'not set'
  if (Array.isArray(value) && value.length === 0) return 'none'
  if (Array.isArray(value)) return value.map((one, index) => html`${index === 0 ? '' : html`<br>`}${optionValue(one)}`)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
