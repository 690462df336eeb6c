import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from '../cmd/command.ts'
import { commands } from '../cmd/commands.ts'
import { plainExitCodes, runExitCodes } from '../cmd/exit-code.ts'
import { commandLine, defaultText, describeOption, sentence, usageLine } from '../cmd/help.ts'
import type { Option } from '../cmd/option-table.ts'
import { flagName } from '../cmd/option-value.ts'
import { DEFAULT_SUITE } from '../lib/acceptance/suite/default-suite.ts'
import { SuiteSchema } from '../lib/acceptance/suite/suite-schema.ts'
import { isMetricName, metricDefinition, metricNames } from '../lib/record/catalogue/metric-catalogue.ts'
import { ownLabels } from '../lib/record/catalogue/metric-labels.ts'
import { RunRecordSchema } from '../lib/record/run-record.ts'
import { renderReleaseBotTemplate } from './krew/plugin-manifest.ts'
import { METRIC_GROUPS, undocumentedMetrics } from './metric-sources.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SCHEMA_FILE = 'docs/run-record.schema.json'
/** Files with parts between `<!-- BEGIN … -->` and `<!-- END -->` that come from the command table. */
const FILES_WITH_MARKERS = ['README.md', 'docs/commands.md', 'docs/metrics.md']

/**
 * Everything in the docs that follows from the code, as it should be: content by path.
 * @throws Error when a marker asks for something that does not exist, or a metric has no source
 */
export async function generateDocs(): Promise<ReadonlyMap<string, string>> {
  const docs = new Map([
    [SCHEMA_FILE, `${JSON.stringify(RunRecordSchema, null, 2)}\n`],
    ['docs/accept-suite.schema.json', `${JSON.stringify(SuiteSchema, null, 2)}\n`],
    ['docs/accept-suite.yaml', DEFAULT_SUITE],
    ['.krew.yaml', await renderReleaseBotTemplate()],
  ])
  for (const file of FILES_WITH_MARKERS) docs.set(file, fillMarkers(await readDoc(file), file))
  return docs
}

/** A doc as it is now; empty when it does not exist. */
export async function readDoc(file: string): Promise<string> {
  return readFile(docPath(file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}

export function docPath(file: string): string {
  return join(ROOT, file)
}

/** The text with every part between markers made anew; what is outside stays. */
export function fillMarkers(text: string, file: string, table: readonly Command[] = commands): string {
  return text.replace(/<!-- BEGIN (.*?) -->\n[\s\S]*?<!-- END -->/g, (_, request: string) => {
    const content = renderPart(request, table)
    if (content === undefined) throw new Error(`${file}: nothing is known as "${request}"`)
    return `<!-- BEGIN ${request} -->\n${content}\n<!-- END -->`
  })
}

/** `commands`, `exit codes`, `metrics`, `reference`, or `flags COMMAND[: HEADING]`. */
function renderPart(request: string, table: readonly Command[]): string | undefined {
  if (request === 'commands') return renderCommands(table)
  if (request === 'exit codes') return renderTable(['Exit code', 'Meaning'], runExitCodes)
  if (request === 'metrics') return renderMetrics()
  if (request === 'reference') return table.map(renderReference).join('\n\n')
  const [, words, heading] = /^flags ([^:]+)(?:: (.*))?$/.exec(request) ?? []
  const command = table.find(({ path }) => path.join(' ') === words)
  if (command === undefined) return undefined
  const groups = groupsOf(command)
  if (heading === undefined) return renderGroups(groups, '####')
  const options = groups.get(heading)
  return options && renderFlags(options)
}

function renderCommands(table: readonly Command[]): string {
  return renderTable(
    ['Command', 'What it is for'],
    table.map(({ path, summary }) => {
      const line = commandLine(path)
      return [`[\`${line}\`](docs/commands.md#${line.replaceAll(' ', '-')})`, summary]
    }),
  )
}

function renderMetrics(): string {
  const missing = undocumentedMetrics(metricNames())
  if (missing.length > 0) throw new Error(`build/metric-sources.ts does not say what ${missing.join(', ')} comes from`)
  const head = ['Metric', 'Unit', 'Better', 'Threshold', 'Meaning', 'Labels', 'Source, and how fine']
  return METRIC_GROUPS.map(({ heading, sources }) => {
    const rows = Object.entries(sources).flatMap(([name, source]) => {
      if (!isMetricName(name)) return []
      const { unit, better = '', threshold, description } = metricDefinition(name)
      const labels = ownLabels(name).map((label) => `\`${label}\``)
      return [[`\`${name}\``, unit, better, `\`${threshold}\``, `${description}.`, labels.join(' '), source]]
    })
    return `## ${heading}\n\n${renderTable(head, rows)}`
  }).join('\n\n')
}

function renderReference(command: Command): string {
  const examples = command.examples.flatMap(({ comment, command }, index) => [
    ...(index === 0 ? [] : ['']),
    `# ${comment}`,
    command,
  ])
  return [
    `## ${commandLine(command.path)}`,
    sentence(command.summary),
    ...(command.description === undefined ? [] : [command.description]),
    ['```sh', usageLine(command), '```'].join('\n'),
    ...(examples.length === 0 ? [] : [['```sh', ...examples, '```'].join('\n')]),
    renderGroups(groupsOf(command), '###'),
    renderTable(['Exit code', 'Meaning'], command.exitCodes ?? plainExitCodes),
  ].join('\n\n')
}

type Options = readonly (readonly [name: string, option: Option])[]

function groupsOf(command: Command): ReadonlyMap<string, Options> {
  return Map.groupBy(Object.entries(command.options), ([, { group }]) => group ?? 'Options')
}

function renderGroups(groups: ReadonlyMap<string, Options>, level: string): string {
  return [...groups].map(([heading, options]) => `${level} ${heading}\n\n${renderFlags(options)}`).join('\n\n')
}

function renderFlags(options: Options): string {
  return renderTable(
    ['Flag', 'Default', 'Meaning'],
    options.map(([name, option]) => {
      const value = option.kind === 'boolean' || option.valueName === undefined ? '' : ` ${option.valueName}`
      const preset = defaultText(option)
      return [
        `\`${flagName(name, option)}${value}\``,
        /^(''|\[\]|false)$/.test(preset) ? '' : `\`${preset}\``,
        describeOption(option),
      ]
    }),
  )
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
