import type { BigTcpFamily, BigTcpNode } from '../../record/details/bigtcp-details.ts'
import type { Finding, Outcome } from '../../record/run-record.ts'

/** What is wrong, once for all nodes that it is wrong on. What is off by choice is no fault. */
export function bigTcpFindings(nodes: readonly BigTcpNode[]): Finding[] {
  const findings = new Map<string, Finding & { objects: string[] }>()
  const add = (node: string, finding: Finding) => {
    const key = `${finding.code} ${finding.message}`
    const known = findings.get(key) ?? { ...finding, objects: [] }
    if (!known.objects.includes(node)) known.objects.push(node)
    findings.set(key, known)
  }
  for (const { node, families, faults } of nodes) {
    for (const fault of faults) add(node, { severity: 'error', code: 'NotReadable', message: fault })
    for (const family of families) {
      const finding = findingOf(family)
      if (finding !== undefined) add(node, finding)
    }
  }
  return [...findings.values()].map((finding) => ({
    ...finding,
    message: `${describeNodes(finding.objects)}: ${finding.message}`,
    count: finding.objects.length,
  }))
}

/**
 * failed: BIG TCP was asked for and is not in effect everywhere. What is not known is no data, unless something failed.
 */
export function bigTcpOutcome(nodes: readonly BigTcpNode[]): Outcome {
  const families = nodes.flatMap(({ families }) => families)
  if (families.some(({ isWanted, state }) => isWanted && state !== 'on' && state !== 'unknown')) return 'failed'
  return families.some(({ state }) => state === 'unknown') ? 'no-data' : 'passed'
}

function findingOf({ ipFamily, state, isWanted, reason, advice }: BigTcpFamily): Finding | undefined {
  if (!isWanted || state === 'on' || state === 'unknown') return undefined
  const code = { off: 'BigTcpOff', 'no-gain': 'BigTcpWithoutGain', 'partly-on': 'BigTcpPartlyOn' } as const
  return {
    severity: state === 'partly-on' ? 'warning' : 'error',
    code: code[state],
    message: `BIG TCP for IPv${ipFamily}: ${reason}`,
    ...(advice === undefined ? {} : { advice }),
  }
}

const MOST_NODES = 3

function describeNodes(nodes: readonly string[]): string {
  const more = nodes.length - MOST_NODES
  return `${nodes.slice(0, MOST_NODES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
