import type { MergedCharts, MergedKey } from './merge-charts.ts'

/** The source of lib/cilium/lint/known-keys/chart-keys.ts; its format is described there for who reads it. */
export function renderKeyTable({ releases, firstSchema, keys }: MergedCharts): string {
  const minors = releases.map((release) => Number(release.split('.')[1]))
  const all = minors.map(() => true)
  const lines = [...keys].flatMap(([name, key]) => renderKey(name, key, minors, all, 0))
  return `// Made by build/cilium-keys.ts from the Helm charts of Cilium: do not edit.

/** The charts that the table was made of, oldest first: it knows the keys of these minor versions. */
export const CHART_RELEASES: readonly string[] = [
${releases.map((release) => `  '${release}',\n`).join('')}]

/** The first minor version whose chart has a schema, by which Helm refuses values of a wrong type. */
export const FIRST_MINOR_WITH_SCHEMA = ${minors[firstSchema]}

/**
 * A line for each key, indented by its depth: \`name types[@minors][,types@minors…] [=flag]\`. Types: b boolean, i integer,
 * n number, s string, l list, m map with the keys below, f map with any keys where those below have a type, z nothing at
 * all, * anything, {a|b} a choice; null is always allowed. Minors: \`16-\`, \`-17\`, \`15-17\` or \`17\`; absent: all that the parent has. The flag is that of the agent or the
 * operator which the key sets.
 */
export const CHART_KEYS = \`
${lines.join('\n')}
\`
`
}

function renderKey(
  name: string,
  { types, below, flag }: MergedKey,
  minors: readonly number[],
  parent: readonly boolean[],
  depth: number,
): readonly string[] {
  const present = types.map((own) => own !== undefined)
  const runs: { types: string; from: number; to: number }[] = []
  for (const [index, own] of types.entries()) {
    const last = runs.at(-1)
    if (own === undefined) continue
    if (last?.types === own && last.to === index - 1) last.to = index
    else runs.push({ types: own, from: index, to: index })
  }
  const sameAsParent = runs.length === 1 && present.every((has, index) => has === parent[index])
  const text = runs.map((run) => (sameAsParent ? run.types : `${run.types}${renderRange(run, minors)}`)).join(',')
  return [
    `${' '.repeat(depth)}${name} ${text}${flag === undefined ? '' : ` =${flag}`}`,
    ...[...below].flatMap(([child, key]) => renderKey(child, key, minors, present, depth + 1)),
  ]
}

function renderRange({ from, to }: { from: number; to: number }, minors: readonly number[]): string {
  if (from === to) return `@${minors[from]}`
  const start = from === 0 ? '' : String(minors[from])
  const end = to === minors.length - 1 ? '' : String(minors[to])
  return start === '' && end === '' ? '@-' : `@${start}-${end}`
}
