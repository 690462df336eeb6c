import { editDistance } from '../../../record/nearest-word.ts'
import { DOCUMENTED_FLAGS } from '../known-keys/documented-flags.ts'
import { INVENTED_FLAGS } from '../known-keys/invented-keys.ts'
import { allKeys, type KeyTable } from '../known-keys/key-table.ts'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import type { MergedValues } from '../values/merged-values.ts'
import type { Place } from '../values/values-document.ts'

/** Agents have hidden flags too, so an unknown one is taken for a typo only where it is this near to a known one. */
function typoLetters(name: string): number {
  return name.length < SHORT_NAME ? 1 : 2
}

const SHORT_NAME = 14

interface Mention {
  readonly name: string
  readonly path: string
  readonly place: Place
  /** What comes of a flag that is none. */
  readonly consequence: string
}

/** Findings for flags of the agent and the operator below extraConfig and extraArgs. */
export function checkFlags(values: MergedValues, table: KeyTable, { minor }: LintTarget): readonly LintFinding[] {
  const mentions = [
    ...inExtraConfig(values),
    ...inArguments('extraArgs', 'the agent does not start', values),
    ...inArguments('operator.extraArgs', 'the operator does not start', values),
  ]
  if (mentions.length === 0) return []
  const known = readFlags()
  // Some that the chart itself sets are hidden.
  const ofChart = new Set(
    [...allKeys(table)].flatMap(({ flag, types }) => (flag !== undefined && types.has(minor) ? [flag] : [])),
  )
  return mentions.filter(({ name }) => !ofChart.has(name)).flatMap((mention) => checkFlag(mention, known, minor))
}

interface Range {
  readonly first: number
  readonly last: number
}

function readFlags(): ReadonlyMap<string, Range> {
  const lines = DOCUMENTED_FLAGS.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [name = '', range = '-'] = line.split(' ')
      const [first = '', last = ''] = range.split('-')
      return [name, { first: Number(first), last: last === '' ? Number.POSITIVE_INFINITY : Number(last) }]
    }),
  )
}

function inExtraConfig(values: MergedValues): readonly Mention[] {
  const node = values.node('extraConfig')
  if (node?.kind !== 'map') return []
  return [...node.entries].map(([name, { place }]) => ({
    name,
    path: `extraConfig.${name}`,
    place,
    consequence: 'agent and operator ignore it',
  }))
}

function inArguments(path: string, consequence: string, values: MergedValues): readonly Mention[] {
  const node = values.node(path)
  if (node?.kind !== 'list') return []
  return node.items.flatMap((item, index) => {
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : ''
    const [, name] = /^--([a-z0-9-]+)(?:[= ]|$)/.exec(text) ?? []
    return name === undefined ? [] : [{ name, path: `${path}[${index}]`, place: item.place, consequence }]
  })
}

function checkFlag(
  { name, path, place, consequence }: Mention,
  known: ReadonlyMap<string, Range>,
  minor: number,
): readonly LintFinding[] {
  const range = known.get(name)
  if (range !== undefined && minor >= range.first && minor <= range.last) return []
  const common = { code: 'UnknownFlag', place, path }
  if (range !== undefined) {
    const message =
      minor < range.first
        ? `documented since Cilium 1.${range.first}: before it was there, ${consequence}`
        : `no documented flag since Cilium 1.${range.last + 1}: where it is gone, ${consequence}`
    return [{ ...common, severity: 'warning', message }]
  }
  const advice = INVENTED_FLAGS.get(name) ?? nearFlag(name, known, minor)
  if (advice === undefined) return []
  return [{ ...common, severity: 'error', message: `no such flag: ${consequence}`, advice }]
}

function nearFlag(name: string, known: ReadonlyMap<string, Range>, minor: number): string | undefined {
  return [...known].find(
    ([flag, { first, last }]) =>
      minor >= first &&
      minor <= last &&
      withoutDigits(flag) !== withoutDigits(name) &&
      Math.abs(flag.length - name.length) <= typoLetters(name) &&
      editDistance(name, flag) <= typoLetters(name),
  )?.[0]
}

/** Flags come in pairs for IPv4 and IPv6, of which one may be hidden. */
function withoutDigits(name: string): string {
  return name.replaceAll(/\d/g, '')
}
