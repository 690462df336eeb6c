import { createHash } from 'node:crypto'
import { counted } from '../../record/counted.ts'
import { compareDetailsOf } from '../../record/details/compare-details.ts'
import { lintDetailsOf } from '../../record/details/lint-details.ts'
import type { RunRecord } from '../../record/run-record.ts'
import { type PageAssets, pageAssets } from './assets.ts'
import { type Content, type Html, html, trusted } from './html.ts'
import { sectionsOfKind } from './kinds/sections-of.ts'
import { mark } from './pieces/mark.ts'
import { table, text } from './pieces/table.ts'
import type { Section } from './section.ts'
import { distributions } from './sections/distributions.ts'
import { environment } from './sections/environment.ts'
import { metrics } from './sections/metrics.ts'
import { findings, phases, thresholds } from './sections/outcome.ts'
import { seriesOverTime } from './sections/series.ts'
import { outcomeMark, reasonOf, verdict } from './sections/verdict.ts'

export interface HtmlReportOptions {
  /** Of the page; without it the kind of the runs, and where they were. */
  readonly title?: string
}

/**
 * One or several records as one file for people: no network, no other file, and nothing runs in it but its own script,
 * whose hash its policy names. Every text of a record is taken for hostile.
 * @returns the file in parts, in their order
 */
export function* htmlReport(
  records: RunRecord | readonly RunRecord[],
  options: HtmlReportOptions = {},
  assets: PageAssets = pageAssets(),
): Generator<string> {
  const all = Array.isArray(records) ? (records as readonly RunRecord[]) : [records as RunRecord]
  const title = options.title ?? titleOf(all)
  yield* beginning(title, assets)
  const runs = all.map((record, index) => ({ record, prefix: all.length === 1 ? '' : `run-${index + 1}-` }))
  const parts = runs.map(({ record, prefix }) => ({ record, prefix, sections: sectionsOf(record) }))
  yield header(title, all).markup
  if (all.length > 1) yield overview(runs).markup
  else yield contents(parts[0]?.sections ?? []).markup
  yield '<main id="main">'
  for (const { record, prefix, sections } of parts) yield* run(record, prefix, sections, all.length > 1)
  yield '</main>'
  yield html`<footer><p>Made by kubectl-perf ${all[0]?.tool.version ?? ''} from ${all.length === 1 ? 'the record of one run' : `the records of ${all.length} runs`}. This file is complete: it loads nothing.</p></footer><script>${trusted(assets.script)}</script></body></html>`
    .markup
  yield '\n'
}

/** What was done, and to what: a cluster, files, or runs. */
function titleOf(all: readonly RunRecord[]): string {
  const distinct = (of: (record: RunRecord) => string) => [...new Set(all.map(of))].join(', ')
  const kinds = distinct(({ kind }) => kind.replace(/^cilium-/, 'cilium '))
  return all.length === 1 ? `${kinds}: ${distinct(subjectOf)}` : `${all.length} runs: ${kinds}`
}

function subjectOf(record: RunRecord): string {
  const comparisons = compareDetailsOf(record)?.comparisons ?? []
  if (comparisons.length > 0) return comparisons.map(({ base, next }) => `${base.name} → ${next.name}`).join(', ')
  return record.cluster.context || (lintDetailsOf(record)?.files.join(', ') ?? '') || record.runId
}

function* beginning(title: string, { script, style }: PageAssets): Generator<string> {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  yield html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${title}</title>`
    .markup
  yield html`<style>${trusted(style)}</style></head><body><a class="skip" href="#main">Skip to the results</a>`.markup
}

/** As a policy names it. */
function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function header(title: string, all: readonly RunRecord[]): Html {
  const [first] = all
  if (first === undefined || all.length > 1) return html`<header><h1>${title}</h1></header>`
  const { cluster, startedAt, runId } = first
  const nodes = cluster.nodes === null ? '' : `, ${counted(cluster.nodes, 'node')}`
  const place = cluster.serverVersion === '' ? '' : ` Kubernetes ${cluster.serverVersion}${nodes}, ${cluster.platform}.`
  return html`<header><h1>${title}</h1><p class="note">Run ${runId}, ${startedAt}.${place}</p></header>`
}

/** What there is of each record, in the order in which one reads it. */
function sectionsOf(record: RunRecord): readonly Section[] {
  return [thresholds, findings, sectionsOfKind, phases, seriesOverTime, distributions, metrics, environment].flatMap(
    (part) => part(record),
  )
}

function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Sections"><ul>${sections.map(({ title }, index) => html`<li><a href="#${idOf('', index)}">${title}</a></li>`)}</ul></nav>`
}

function overview(runs: readonly { record: RunRecord; prefix: string }[]): Html {
  return html`<nav aria-label="Runs">${table({
    caption: 'Runs',
    columns: [
      text('Run'),
      text('Command'),
      text('Outcome'),
      { title: 'Why', wide: true },
      text('Started'),
      text('Context'),
      text('Kubernetes'),
    ],
    rows: runs.map(({ record, prefix }): Content[] => {
      const [tone, word] = outcomeMark(record)
      return [
        html`<a href="#${prefix}verdict">${record.runId}</a>`,
        record.kind,
        mark(tone, word.toLowerCase()),
        reasonOf(record),
        record.startedAt,
        record.cluster.context,
        record.cluster.serverVersion,
      ]
    }),
    most: Number.POSITIVE_INFINITY,
  })}</nav>`
}

function* run(
  record: RunRecord,
  prefix: string,
  sections: readonly Section[],
  isOneOfMany: boolean,
): Generator<string> {
  const heading = isOneOfMany ? `${record.kind} ${record.runId}` : 'Verdict'
  yield html`<article aria-labelledby="${prefix}verdict"><h2 id="${prefix}verdict">${heading}</h2>${verdict(record)}`
    .markup
  for (const [index, { title, body }] of sections.entries()) {
    const id = idOf(prefix, index)
    yield html`<section aria-labelledby="${isOneOfMany ? `${prefix}verdict ` : ''}${id}">${trusted(isOneOfMany ? '<h3' : '<h2')} id="${id}">${title}${trusted(isOneOfMany ? '</h3>' : '</h2>')}${body}</section>`
      .markup
  }
  yield '</article>'
}

function idOf(prefix: string, index: number): string {
  return `${prefix}section-${index + 1}`
}
