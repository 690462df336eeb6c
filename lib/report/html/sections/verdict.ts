import { counted } from '../../../record/counted.ts'
import { ciliumMapsDetailsOf } from '../../../record/details/cilium-maps-details.ts'
import { compareDetailsOf } from '../../../record/details/compare-details.ts'
import { lintDetailsOf } from '../../../record/details/lint-details.ts'
import type { Outcome, RunRecord } from '../../../record/run-record.ts'
import { conclusion } from '../../comparison/conclusion.ts'
import { mapsReason } from '../../maps-reason.ts'
import { scale } from '../../scale.ts'
import { elapsedSeconds, exitMeaning, hasNoGate, VERDICTS, verdictReason, whatStays } from '../../verdict.ts'
import { type Html, html } from '../html.ts'
import { withFlags } from '../pieces/advice.ts'
import type { Mark } from '../pieces/mark.ts'
import { headlines } from './headlines.ts'

const TONES = {
  passed: 'good',
  failed: 'bad',
  error: 'bad',
  'no-data': 'doubt',
  aborted: 'doubt',
} as const satisfies Record<Outcome, Mark[0]>

/** How the run ended, why, and the few figures that one asks for first. */
export function verdict(record: RunRecord): Html {
  const { findings } = record
  const [tone, word] = outcomeMark(record)
  const reason = reasonOf(record)
  const advice = findings.find(({ code }) => code === 'RunFailed')?.advice
  const stays = whatStays(record)
  const tiles = headlines(record)
  return html`<div class="verdict ${tone}"><p class="outcome"><strong>${word}</strong> in ${scale(elapsedSeconds(record), 's')}${reason === '' ? '' : `: ${reason}`}</p>${advice === undefined ? undefined : html`<p class="advice">${withFlags(advice)}</p>`}<p class="note">${exitMeaning(record)}.${stays === '' ? '' : ` ${stays}`}</p></div>${tiles.length === 0 ? undefined : html`<dl class="tiles">${tiles.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`}`
}

/** Also a line for a table of several runs. */
export function reasonOf(record: RunRecord): string {
  const maps = ciliumMapsDetailsOf(record)
  if (maps !== undefined) return mapsReason(record, maps)
  const problems = lintDetailsOf(record)?.problems ?? []
  if (problems.length > 0) return counted(problems.length, 'problem')
  const [comparison, ...others] = compareDetailsOf(record)?.comparisons ?? []
  if (comparison !== undefined && others.length === 0) return conclusion(record, comparison).replace(/^[A-Z ]+: /, '')
  return verdictReason(record)
}

/** Its word, in capitals, and how good that is. */
export function outcomeMark(record: RunRecord): Mark {
  return hasNoGate(record) ? ['plain', 'COMPARED'] : [TONES[record.outcome], VERDICTS[record.outcome][0]]
}
