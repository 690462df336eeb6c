import { PerfError } from '../../errors/perf-error.ts'
import type { Finding } from '../../record/run-record.ts'
import type { Pair } from '../pair.ts'
import type { TestCase } from '../test-case.ts'

/**
 * Looks where the scheduler has really put a test's pairs.
 * @returns a finding where that cannot be known
 * @throws PerfError when a pair is not where it should be
 */
export function verifyPlacement(placement: TestCase['placement'], pairs: readonly Pair[]): Finding[] {
  const unknown = pairs.filter(
    ({ client, server }) => isOfZones(placement) && (client.zone === undefined || server.zone === undefined),
  )
  for (const pair of pairs) {
    if (unknown.includes(pair) || isPlaced(placement, pair)) continue
    const { client, server } = pair
    const where = isOfZones(placement)
      ? `zone ${client.zone} (${client.node}) and zone ${server.zone} (${server.node})`
      : `${client.node} and ${server.node}`
    throw new PerfError(`placement ${placement} was asked for, and ${client.pod} and ${server.pod} are on ${where}`)
  }
  if (unknown.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'ZonesUnknown',
      message: `the zones of ${unknown.length} pairs could not be read, so placement ${placement} is the scheduler's word alone`,
      advice: 'a user who may list nodes can verify it',
    },
  ]
}

function isOfZones(placement: TestCase['placement']): boolean {
  return placement === 'same-zone' || placement === 'other-zone'
}

function isPlaced(placement: TestCase['placement'], { client, server }: Pair): boolean {
  switch (placement) {
    case 'same-node':
      return client.node === server.node
    case 'other-node':
    case 'mesh':
      return client.node !== server.node
    case 'same-zone':
      return client.zone === server.zone && client.node !== server.node
    case 'other-zone':
      return client.zone !== server.zone
    case 'any':
      return true
  }
}
