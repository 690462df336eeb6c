import { rowNames } from '../../lib/netperf/assessment/rows/row-name.ts'
import type { NetperfDetails, NetperfRow } from '../../lib/record/details/netperf-details.ts'
import type { Finding } from '../../lib/record/run-record.ts'

/** So many tests with the same finding are still listed one by one. */
const FEW = 2

/** How bad it is, where that is known: the worst stands for all. */
const BADNESS: Readonly<Record<string, (row: NetperfRow) => number>> = {
  WideInterval: (row) => {
    const total = row.requests === undefined ? row.flows[0]?.total : row.requests.total
    return total?.ci95 === undefined || total.mean === 0 ? 0 : total.ci95 / total.mean
  },
  OpenLoopNotKept: ({ requests }) => (requests?.openLoop?.samples ?? 0) - (requests?.openLoop?.kept ?? 0),
}

interface OfTest {
  readonly finding: Finding
  /** Absent: it is not about one test. */
  readonly row?: NetperfRow
  /** What is said of the test. */
  readonly text: string
}

/** What is found of many tests of a matrix alike becomes one finding: the worst of them, with how many more there are. */
export function groupFindings(findings: readonly Finding[], { rows }: NetperfDetails): Finding[] {
  const nameOf = rowNames(rows)
  const names = rows.map((row) => ({ row, start: `${nameOf(row)}: ` }))
  const groups = Map.groupBy(
    findings.map((finding) => ofTest(finding, names)),
    keyOf,
  )
  return [...groups.values()].flatMap((group) =>
    group.length <= FEW ? group.map(({ finding }) => finding) : [together(group)],
  )
}

function ofTest(finding: Finding, names: readonly { row: NetperfRow; start: string }[]): OfTest {
  const named = names.find(({ start }) => finding.message.startsWith(start))
  if (named === undefined) return { finding, text: finding.message }
  return { finding, row: named.row, text: finding.message.slice(named.start.length) }
}

/** Faults are alike only in the same words; else what they say differs in figures. */
function keyOf({ finding: { severity, code, message }, row, text }: OfTest): string {
  if (row === undefined) return `${severity} ${code} ${message}`
  return severity === 'error' ? `${severity} ${code} ${text}` : `${severity} ${code}`
}

function together(group: readonly OfTest[]): Finding {
  const badnessOf = ({ finding: { code }, row }: OfTest) => (row === undefined ? 0 : (BADNESS[code]?.(row) ?? 0))
  const [worst] = group.toSorted((a, b) => badnessOf(b) - badnessOf(a))
  const first = worst?.finding ?? group[0]?.finding
  if (first === undefined) throw new RangeError('a group has members')
  const { count: _, ...finding } = first
  const counts = group.flatMap(({ finding: { count } }) => count ?? [])
  return {
    ...finding,
    message: `${first.message} (${group.length - 1} more tests likewise)`,
    count: counts.length === group.length ? counts.reduce((sum, count) => sum + count, 0) : group.length,
  }
}
