import { counted } from '../../../lib/record/counted.ts'
import { type CiliumMapsDetails, ciliumMapsDetailsOf } from '../../../lib/record/details/cilium-maps-details.ts'
import { loadDetailsOf } from '../../../lib/record/details/load-details.ts'
import { formatDuration } from '../../../lib/record/duration.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { mapsReason } from '../../../lib/report/maps-reason.ts'
import { printable } from '../../../lib/report/printable.ts'
import { scale } from '../../../lib/report/scale.ts'
import { VERDICTS, whatStays } from '../../../lib/report/verdict.ts'
import { colorWord } from '../../color.ts'
import { type RenderOptions, renderFindings, renderThresholds } from '../../render-record.ts'
import { wrapText } from '../../text-layout.ts'
import { renderAdvice } from './render-advice.ts'
import { renderFailures, renderHeadroom, renderNodes } from './render-agents.ts'
import { renderConntrack, renderDrops, renderSourcePorts } from './render-conntrack.ts'
import { renderLoad } from './render-load.ts'
import { renderMapsAcrossNodes, renderMapsOfNodes, renderUnknownMaps } from './render-maps.ts'
import type { MapsRenderOptions } from './render-options.ts'

/** The phases that take as long as it takes to read the maps; a load has others. */
const READING: readonly string[] = ['find agents', 'read agents']

const CLEAR_SCREEN = '\u001b[H\u001b[2J'

/** The tables of all maps, worst first, what to do, and the verdict last. */
export function renderMaps(record: RunRecord, options: MapsRenderOptions): string {
  const details = ciliumMapsDetailsOf(record)
  const tables = details === undefined ? [] : renderTables(details, options)
  const blocks = [
    ...tables,
    renderLoad(record, options),
    renderThresholds(record, options),
    renderFindings(withoutAgents(record), options),
    details === undefined ? '' : renderAdvice(details, options),
    renderVerdict(record, details, options),
  ]
  const text = blocks.filter((block) => block !== '').join('\n')
  return options.watch ? `${renderHeading(record, options)}\n${text}\n` : text
}

/** Agents that were not read have a table of their own. */
function withoutAgents(record: RunRecord): RunRecord {
  return { ...record, findings: record.findings.filter(({ code }) => code !== 'AgentNotRead') }
}

function renderTables(details: CiliumMapsDetails, options: MapsRenderOptions): string[] {
  const isDetailed = options.wide || options.perNode
  return [
    renderMapsAcrossNodes(details, options),
    isDetailed ? renderMapsOfNodes(details, options) : '',
    renderUnknownMaps(details, options),
    renderConntrack(details, options),
    renderSourcePorts(details, options),
    renderDrops(details, options),
    options.wide ? renderNodes(details, options) : '',
    renderFailures(details, options),
    renderHeadroom(details, options),
  ]
}

function renderHeading({ finishedAt }: RunRecord, { interval, isTerminal }: MapsRenderOptions): string {
  const at = `${finishedAt.slice(0, 19)}Z`
  return isTerminal ? `${CLEAR_SCREEN}${at}, every ${formatDuration(interval)}; Ctrl-C ends it\n` : `${at}\n`
}

/** How many agents were read, and what that came to. */
function renderVerdict(
  record: RunRecord,
  details: CiliumMapsDetails | undefined,
  { color, columns }: RenderOptions,
): string {
  const [word, hue] = VERDICTS[record.outcome]
  const seconds = record.phases
    .filter(({ name }) => READING.includes(name))
    .reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  const read = details?.agents.length ?? 0
  const failed = details?.failures.length ?? 0
  const agents = failed === 0 ? counted(read, 'agent') : `${read} of ${counted(read + failed, 'agent')}`
  const stays = loadDetailsOf(record) === undefined ? '' : ` ${whatStays(record)}`
  const text = `${word}: ${mapsReason(record, details)}. Read ${agents} in ${scale(seconds, 's')}.${stays}`
  const lines = wrapText(text, columns).map((line) => `${printable(line)}\n`)
  const shown = lines.join('')
  return colorWord(shown, word, hue, color)
}
