import type { CesRow } from '../../record/details/ces-details.ts'
import type { CesRun } from '../ces-run.ts'
import type { Detection } from '../detection/detect-slices.ts'
import type { KindFigures } from '../model/savings.ts'
import { type EventTally, sumTallies, totalOf } from '../observation/event-tally.ts'
import type { Window } from '../observation/observe-kinds.ts'
import { isRateKnown } from '../simulator/operator-rules.ts'

/** All events of the run of one stream. */
export function wholeTally({ steps, originMs }: CesRun, stream: keyof Window): EventTally {
  return sumTallies(
    steps.map(({ window }) => window[stream]),
    originMs,
  )
}

/** A row for each kind that was watched, and for slices that were simulated, which takes the operator's rate. */
export function figureRows(run: CesRun, { readable, rules }: Pick<Detection, 'readable' | 'rules'>): CesRow[] {
  const rows: CesRow[] = []
  if (readable.has('cep')) rows.push(measuredRow(run, 'cep'))
  if (run.slices === 'measured') rows.push(measuredRow(run, 'ces'))
  if (readable.has('cep') && isRateKnown(rules)) rows.push(simulatedRow(run))
  return rows
}

/** The two rows that are compared: endpoints, and slices measured or simulated. */
export function comparedRows(rows: readonly CesRow[]): { cep: CesRow | undefined; ces: CesRow | undefined } {
  return {
    cep: rows.find(({ kind }) => kind === 'cep'),
    ces: rows.find(({ kind, isSpare }) => kind === 'ces' && isSpare !== true),
  }
}

/** The figures of a row, without what was not measured. */
export function toFigures({ events, bytes, listBytes, objects }: CesRow): KindFigures {
  return {
    total: { events, bytes },
    ...(listBytes === undefined ? {} : { listBytes }),
    ...(objects === undefined ? {} : { objects }),
  }
}

function measuredRow(run: CesRun, kind: 'cep' | 'ces'): CesRow {
  const tally = wholeTally(run, kind)
  const { objects, lists } = run.inventory ?? { objects: {}, lists: {} }
  const list = lists[kind]
  return {
    kind,
    basis: 'measured',
    ...totalOf(tally),
    byType: tally.byType,
    ...(objects[kind] === undefined ? {} : { objects: objects[kind] }),
    ...(list === undefined ? {} : { listBytes: list.bytes, listSeconds: list.seconds }),
  }
}

function simulatedRow(run: CesRun): CesRow {
  const tally = wholeTally(run, 'simulated')
  const simulated = run.inventory?.simulated
  return {
    kind: 'ces',
    basis: 'simulated',
    ...(run.slices === 'measured' ? { isSpare: true } : {}),
    ...totalOf(tally),
    byType: tally.byType,
    ...(simulated === undefined ? {} : { objects: simulated.objects, listBytes: simulated.listBytes }),
  }
}
