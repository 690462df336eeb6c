import { readClusterObjects } from '../../../lib/cilium/agents/cluster-objects.ts'
import type { Installation } from '../../../lib/cilium/agents/installation.ts'
import { assessMaps } from '../../../lib/cilium/maps/assess-maps.ts'
import { headroom, headroomGaps } from '../../../lib/cilium/maps/headroom/headroom.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { Phase } from '../../../lib/record/run-record.ts'
import { timedPhase } from '../../../lib/run/timed-phase.ts'
import type { Measurement, MeasureSession } from '../../measure.ts'

/** Where Cilium's charts and most vendors put it. */
const HOME = 'kube-system'

/**
 * What can be said without an agent: how much room the objects of the cluster need.
 * @throws PerfError that says where was looked, where nothing of Cilium is found at all
 */
export async function readHeadroom(
  namespace: string | undefined,
  { looked, findings }: Installation,
  { client, cluster, progress, signal }: MeasureSession,
  phases: Phase[],
): Promise<Measurement> {
  const place = { nodes: cluster.nodes, home: namespace ?? HOME }
  const { objects, refused } = await timedPhase(phases, 'read objects', () => readClusterObjects(client, place, signal))
  const where = looked.map((line) => `looked for ${line}`)
  const told = '--agent-selector and --agent-container name agents that are called otherwise'
  if (objects === undefined) {
    const found = refused.length === 0 ? 'none' : `none that this user may see, who may not ${refused.join(', ')}`
    throw new PerfError(refused.length === 0 ? 'no Cilium found' : 'no Cilium agent found', {
      advice: [...where, `looked for objects of cilium.io: ${found}`, told],
    })
  }
  progress.note('No agent found, but objects of Cilium: telling what they need room for.')
  const assessed = assessMaps({ readings: [], failures: [], headroom: headroom(objects) })
  return {
    phases,
    metrics: assessed.metrics,
    findings: [
      {
        severity: 'warning',
        code: 'NoAgent',
        message: 'no Cilium agent found: how full the maps are is not known, only what the objects of the cluster need',
        advice: [...where, told].join('; '),
      },
      ...assessed.findings,
      ...headroomGaps(objects, refused),
      ...findings,
    ],
    details: { connections: client.statistics().connections, ...assessed.details },
    // What was asked for, how full the maps are, is missing.
    outcome: assessed.outcome === 'passed' ? 'no-data' : assessed.outcome,
  }
}
