import type { ChangeDetail, MaxPodsDetails } from '../../lib/record/details/maxpods-details.ts'
import { printable } from '../../lib/report/printable.ts'
import { renderTable } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { renderEntries, tableOrEntries } from './stacked.ts'

type Target = NonNullable<MaxPodsDetails['target']>

const MOST_NAMES = 5

/** The way to --target: what the cluster has to have, what changes on its nodes, the lines to write, and the risk. */
export function renderTarget({ target }: MaxPodsDetails, options: RenderOptions): string {
  if (target === undefined) return ''
  const blocks = [
    renderChanges('CLUSTER', target.cluster, options),
    ...target.groups.map((group) => renderGroup(target.pods, group, options)),
    target.risks.length === 0
      ? ''
      : renderEntries(
          'RISK',
          target.risks.map((risk) => ({ head: risk, lines: [] })),
          options.columns,
        ),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

function renderGroup(pods: number, group: Target['groups'][number], options: RenderOptions): string {
  const { nodes, changes, instructions, impossible } = group
  const named = nodes.slice(0, MOST_NAMES).map(printable).join(', ')
  const others = nodes.length > MOST_NAMES ? ` and ${nodes.length - MOST_NAMES} more` : ''
  const heading = `TARGET ${pods} pods on ${named}${others}`
  if (changes.length === 0 && impossible.length === 0)
    return renderEntries(`${heading}: nothing to change.`, [], options.columns)
  const no = impossible.map((reason) => ({ head: `Not possible: ${reason}.`, lines: [] }))
  const steps = instructions.map((step, index) => renderStep(index + 1, step, options.columns))
  return [renderEntries(heading, no, options.columns), renderChanges('CHANGE', changes, options), ...steps]
    .filter((block) => block !== '')
    .join('\n')
}

function renderChanges(title: string, changes: readonly ChangeDetail[], { headers, columns }: RenderOptions): string {
  const rows = changes.map(({ what, now, needed, why }) => [what, now, needed, why])
  const table = renderTable([{ title }, { title: 'NOW' }, { title: 'NEEDED' }, { title: 'WHY' }], rows, headers)
  const entries = changes.map(({ what, now, needed, why }) => ({ head: what, lines: [`${now} → ${needed}`, why] }))
  return changes.length === 0 ? '' : tableOrEntries(table, title, entries, columns)
}

/** The lines to copy stand at the margin, as they go into the file. */
function renderStep(
  number: number,
  { title, where, lines, afterwards }: Target['groups'][number]['instructions'][number],
  width: number | undefined,
): string {
  const head = renderEntries(`STEP ${number}: ${title}`, [{ head: `${where}:`, lines: [] }], width)
  const tail = renderEntries(
    'then:',
    afterwards.map((line) => ({ head: `  ${line}`, lines: [] })),
    undefined,
  )
  return `${head}\n${lines.map((line) => `${printable(line)}\n`).join('')}\n${afterwards.length === 0 ? '' : tail}`
}
