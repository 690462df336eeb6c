import type { Load } from '../../../lib/density/load.ts'
import { densityPermissions } from '../../../lib/density/permissions.ts'
import { counted } from '../../../lib/record/counted.ts'
import type { RunScope } from '../../../lib/run/run-scope.ts'
import { isUsableNode, toleratesTaints } from '../../../lib/workload/nodes/node-objects.ts'
import type { Context } from '../../command.ts'
import type { DensityRequest } from '../../density/density-request.ts'
import { concernOfLoad } from '../../density/describe-plan.ts'
import { measureDensity } from '../../density/measure-density.ts'
import { type DensityOptions, densityOptions } from '../../density/options.ts'
import { densityRequest } from '../../density/request.ts'
import { type Ask, type ItemKind, type Outlook, type Surroundings, WEIGHT, type Work } from '../work.ts'
import { itemOptions } from './item-options.ts'
import { measuredOf } from './measured.ts'

/** Namespaces made and gone again, what is scraped before and after. */
const SETUP_SECONDS = 8
/** Of a kubelet, pod by pod. */
const SECONDS_TO_START = 0.7
const SECONDS_TO_GO = 0.5

export const densityItem: ItemKind = {
  options: itemOptions(densityOptions),
  sharingKey(values, context) {
    densityRequest(values as DensityOptions, context)
    return undefined
  },
  workFor: ([ask], context) => densityWork(ask, context),
}

function densityWork(ask: Ask | undefined, context: Context): Work {
  const options = ask?.values as DensityOptions
  const request = densityRequest(options, context)
  return {
    weight: options.workload === 'api-load' ? WEIGHT.little : WEIGHT.pods,
    look: (surroundings) => look(request, options, surroundings),
    measure: async (session) => [
      measuredOf(await measureDensity(request, { ...options, yes: true }, session, context)),
    ],
  }
}

async function look(
  request: DensityRequest,
  options: DensityOptions,
  { nodes, scope: { runId }, connect, signal }: Surroundings,
): Promise<Outlook> {
  const scope = request.scope(runId, 'default')
  const load = await request.load(scope, connect, signal)
  const concern = concernOfLoad(load)
  return {
    permissions: densityPermissions({ ...request.plan, scope, load }),
    seconds:
      SETUP_SECONDS + expectedSeconds(load, nodes) + (options.churn === undefined ? 0 : options.churnDelay / 1000),
    objects: objectsOf(scope, load),
    ...(concern === undefined ? {} : { concern }),
  }
}

/** The requests at their rates, or what the kubelets take for their pods, whichever is longer; and the pods' end. */
function expectedSeconds({ phases, pods }: Load, nodes: Surroundings['nodes']): number {
  const usable = nodes?.filter((node) => isUsableNode(node) && toleratesTaints(node, [])).length ?? 0
  const podsOfNode = pods / (usable === 0 ? UNKNOWN_NODES : usable)
  const requests = phases.reduce(
    (seconds, { count = 0, pace }) => seconds + (pace.perSecond === 0 ? 0 : count / pace.perSecond),
    0,
  )
  return Math.max(requests, podsOfNode * SECONDS_TO_START) + podsOfNode * SECONDS_TO_GO
}

/** Where they may not be listed. */
const UNKNOWN_NODES = 3

function objectsOf(scope: RunScope, { pods, phases }: Load): readonly string[] {
  const [first] = phases
  const objects = first?.count ?? 0
  return [
    ...(scope.kind === 'own-namespaces' ? [counted(scope.namespaces.length, 'namespace')] : []),
    ...(objects === pods || objects === 0 ? [] : [counted(objects, 'object')]),
    ...(pods === 0 ? [] : [counted(pods, 'pod')]),
  ]
}
