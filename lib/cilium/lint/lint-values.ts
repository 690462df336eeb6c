import type { CiliumVersion } from '../cilium-version.ts'
import { checkCombinations } from './checks/check-combinations.ts'
import { checkFlags } from './checks/check-flags.ts'
import { checkKeys } from './checks/check-keys.ts'
import { checkNumbers } from './checks/check-numbers.ts'
import { checkWords } from './checks/check-words.ts'
import { chartReleaseFor, minorOf } from './known-keys/chart-release.ts'
import { type KeyTable, readKeyTable } from './known-keys/key-table.ts'
import type { LintFinding, LintTarget } from './lint-finding.ts'
import { mergeValues } from './values/merge-values.ts'
import { readMergedValues } from './values/merged-values.ts'
import type { Duplicate, MapNode, ValueNode } from './values/values-document.ts'
import type { ValuesFile } from './values/values-file.ts'

export interface LintResult {
  /** By file as given, then by line. */
  readonly findings: readonly LintFinding[]
  /** Keys in all files, those of maps too. */
  readonly keys: number
  /** The chart that answered. */
  readonly chartRelease: string
}

/**
 * What in these values files does not do what it says in a version of Cilium.
 * @param files in the order in which Helm gets them
 * @param table of all keys, for who lints many
 * @throws UsageError for versions that are not known
 */
export function lintValues(
  files: readonly ValuesFile[],
  version: CiliumVersion,
  table: KeyTable = readKeyTable(),
): LintResult {
  const chartRelease = chartReleaseFor(version)
  const target: LintTarget = { minor: minorOf(chartRelease) }
  const merged = readMergedValues(mergeValues(files.map(({ values }) => values)))
  const findings = [
    ...files.flatMap(({ ignored }) => ignored.map(describeIgnored)),
    ...files.flatMap(({ duplicates }) => duplicates.map(describeDuplicate)),
    // Documents that Helm does not read are meant to be read: their keys count as well.
    ...files.flatMap(({ values, ignored }) => [values, ...ignored].flatMap((root) => checkKeys(root, table, target))),
    ...checkNumbers(merged, target),
    ...checkWords(merged, target),
    ...checkFlags(merged, table, target),
    ...checkCombinations(merged, target),
  ]
  const order = files.map(({ name }) => name)
  return {
    findings: withoutRepeats(findings).sort(
      (a, b) => order.indexOf(a.place.file) - order.indexOf(b.place.file) || a.place.line - b.place.line,
    ),
    keys: files.reduce(
      (sum, { values, ignored }) => sum + [values, ...ignored].reduce((n, root) => n + countKeys(root), 0),
      0,
    ),
    chartRelease,
  }
}

function describeIgnored({ place }: MapNode): LintFinding {
  return {
    severity: 'error',
    code: 'IgnoredDocument',
    place,
    path: '---',
    message: 'Helm reads only the first document of a file',
    advice: 'a file of its own, with another -f',
  }
}

function describeDuplicate({ path, place, lastLine }: Duplicate): LintFinding {
  return {
    severity: 'error',
    code: 'DuplicateKey',
    place,
    path,
    message: `stands again in line ${lastLine}, and only that one counts`,
    advice: 'keep one',
  }
}

// A value of a wrong type is out of range or no right word either. Of two such findings the one that knows the words is
// the better one.
function withoutRepeats(findings: readonly LintFinding[]): LintFinding[] {
  const placesOf = (wanted: string) => new Set(findings.filter(({ code }) => code === wanted).map(placeKey))
  const [invalid, mistyped] = [placesOf('InvalidValue'), placesOf('WrongType')]
  return findings.filter((finding) => {
    const key = placeKey(finding)
    if (finding.code === 'InvalidValue') return true
    return !invalid.has(key) && (finding.code === 'WrongType' || !mistyped.has(key))
  })
}

function placeKey({ place, path }: LintFinding): string {
  return `${place.file}:${place.line}:${path}`
}

function countKeys(node: MapNode | ValueNode): number {
  if (node.kind === 'list') return node.items.reduce((sum, item) => sum + countKeys(item), 0)
  if (node.kind === 'scalar') return 0
  return [...node.entries.values()].reduce((sum, { value }) => sum + 1 + countKeys(value), 0)
}
