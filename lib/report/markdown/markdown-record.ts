import type { RunRecord } from '../../record/run-record.ts'
import { printable } from '../printable.ts'
import { markdownTable, type Part, tablesWithin } from './markdown-table.ts'
import { markdownFence, markdownParagraph, markdownText } from './markdown-text.ts'

/** A comment of GitHub may have 65,536 characters: what is folded away is left out before it makes one too long. */
const MOST_CHARACTERS = 60_000

/** What decides stands above what explains: tables with these titles come first. */
const FIRST = ['| THRESHOLD |', '| FINDING |']

/**
 * A record for a pull request, an issue or a chat: the verdict, what was measured where, thresholds, findings, the other
 * tables, and folded away the wide tables and the parameters.
 * @param tables for people, with Markdown's own tables; the verdict is its last block
 * @param wide the same as it is printed with everything, without color
 */
export function toMarkdown(record: RunRecord, tables: string, wide: string): string {
  const { verdict, body } = splitVerdict(tables)
  const parts = tablesWithin(body).toSorted((a, b) => rankOf(a) - rankOf(b))
  const shown = [
    `### kubectl perf ${markdownText(commandOf(record))}\n`,
    `${verdict.map(emphasizedVerdict).join('  \n')}\n`,
    `${facts(record).map(markdownText).join(' · ')}\n`,
    ...parts.map(toBlock),
  ].join('\n')
  return withFolded(shown, [
    folded('Everything that was measured', markdownFence(splitVerdict(wide).body)),
    folded('Parameters (durations in milliseconds)', parameterTable(record)),
  ])
}

/** A text with those parts below it that it does not make too long for a comment. */
export function withFolded(text: string, parts: readonly string[]): string {
  return parts.reduce(
    (whole, part) => (whole.length + part.length > MOST_CHARACTERS ? whole : `${whole}\n${part}`),
    text,
  )
}

/** What opens with a click on its summary. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${htmlText(summary)}</summary>\n\n${content}\n</details>\n`
}

/** Within an element of HTML Markdown knows no escapes. */
function htmlText(text: string): string {
  return printable(text).replaceAll(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** The words that a person types: `cilium maps` for runs of the kind `cilium-maps`. */
export function commandOf({ kind }: Pick<RunRecord, 'kind'>): string {
  return kind.replace(/^cilium-/, 'cilium ')
}

/** The last block, which follows the last empty line. */
function splitVerdict(text: string): { verdict: readonly string[]; body: string } {
  const lines = text.trimEnd().split('\n')
  const start = lines.lastIndexOf('') + 1
  return { verdict: lines.slice(start), body: lines.slice(0, start).join('\n') }
}

/** `**PASSED** in 15.2s.` */
export function emphasizedVerdict(line: string): string {
  const [word = ''] = /^(?:[A-Z]+ ?)+(?=[ :])/.exec(line) ?? []
  const head = word.trimEnd()
  return head.length < 2 ? markdownParagraph(line) : `**${head}**${markdownText(line.slice(head.length))}`
}

function facts({ cluster, startedAt, runId, tool }: RunRecord): string[] {
  const { context, serverVersion, nodes, platform } = cluster
  const size = nodes === null ? [] : [`${nodes} ${nodes === 1 ? 'node' : 'nodes'}`]
  // A command that judges files has seen no cluster.
  const place = serverVersion === '' ? [] : [`${context} (${[serverVersion, ...size, platform].join(', ')})`]
  return [...place, `${startedAt.slice(0, 19).replace('T', ' ')} UTC`, `run ${runId}`, `${tool.name} ${tool.version}`]
}

function rankOf({ kind, lines: [first = ''] }: Part): number {
  const rank = kind === 'table' ? FIRST.findIndex((title) => first.startsWith(title)) : -1
  return rank === -1 ? FIRST.length : rank
}

function toBlock({ kind, lines }: Part): string {
  const text = lines.join('\n').replace(/^\n+|\n+$/g, '')
  return kind === 'table' ? `${text}\n` : markdownFence(text)
}

function parameterTable({ parameters }: RunRecord): string {
  const rows = Object.entries(parameters).flatMap(([name, value]) =>
    isSaid(value) ? [[dashed(name), parameterText(value)]] : [],
  )
  return markdownTable([{ title: 'OPTION' }, { title: 'VALUE' }], rows)
}

function parameterText(value: unknown): string {
  if (Array.isArray(value)) return value.map(parameterText).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)
}

function dashed(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
