import type { ItemResult, ItemSession } from '../../../lib/acceptance/item.ts'
import { type ProbeParameters, probeDefaults } from '../../../lib/acceptance/probe/probe-parameters.ts'
import type { Permission } from '../../../lib/kube/preflight.ts'
import { formatDuration } from '../../../lib/record/duration.ts'
import { lateSignal } from '../../../lib/run/late-signal.ts'
import type { RunScope } from '../../../lib/run/run-scope.ts'
import { checkImageReference, rewriteRegistry } from '../../../lib/workload/images/image-reference.ts'
import { isFakeNode, isUsableNode, type NodeObject, toleratesTaints } from '../../../lib/workload/nodes/node-objects.ts'
import type { MeasureSession } from '../../measure.ts'
import { defineOptions, type OptionTable, type OptionValues } from '../../option-table.ts'
import { parseNodeSelector, parseToleration } from '../../pod-placement.ts'
import { schedulingOptions } from '../../shared-options.ts'
import { type Ask, type ItemKind, type Measured, WEIGHT, type WorkLimits } from '../work.ts'

/** What every measuring with clients on the nodes can be told. */
const probeOptions = defineOptions({
  image: { kind: 'text', default: probeDefaults.image, description: 'Container image of the client pods' },
  'server-image': {
    kind: 'text',
    default: probeDefaults.serverImage,
    description: 'Container image of the server pods',
  },
  nodes: {
    kind: 'integer',
    default: probeDefaults.nodes,
    min: 1,
    max: 1000,
    description: 'At most so many nodes get a client pod',
  },
  ...schedulingOptions,
  timeout: { kind: 'duration', default: '5m', min: 1, description: 'How long to wait for the pods' },
})

type ProbeValues = OptionValues<typeof probeOptions> & { readonly imageRegistry?: string }

/** An engine of lib/acceptance. */
export interface ProbeEngine<Own> {
  /** Options beside those of every probe. */
  readonly options: OptionTable
  readonly own: (values: Ask['values']) => Own
  readonly measure: (
    item: ItemSession,
    parameters: ProbeParameters & Own,
    session: MeasureSession,
  ) => Promise<ItemResult>
  readonly permissions: (scope: RunScope, parameters: ProbeParameters & Own) => readonly Permission[]
  readonly expectedSeconds: (parameters: ProbeParameters & Own) => number
  readonly plannedObjects: (parameters: ProbeParameters & Own) => readonly string[]
}

/** How items are measured by such an engine: each alone, in a namespace of its own. */
export function probeItem<Own>(engine: ProbeEngine<Own>): ItemKind {
  const parametersOf = (values: Ask['values'], cleanUpTimeoutMs = probeDefaults.cleanUpTimeoutMs) => ({
    ...engine.own(values),
    ...commonParameters(values as ProbeValues, cleanUpTimeoutMs),
  })
  return {
    options: { ...probeOptions, ...engine.options },
    sharingKey(values) {
      parametersOf(values)
      return undefined
    },
    workFor([ask]) {
      const values = ask?.values ?? {}
      return {
        weight: WEIGHT.services,
        async look({ nodes, scope }) {
          const parameters = parametersOf(values)
          const known = { ...parameters, nodes: Math.min(parameters.nodes, countNodes(nodes, parameters)) }
          return {
            permissions: engine.permissions(scope, known),
            seconds: engine.expectedSeconds(known),
            objects: engine.plannedObjects(known),
          }
        },
        async measure(session, limits) {
          const parameters = parametersOf(values, limits.cleanUpTimeoutMs)
          return [measuredOf(await engine.measure(itemSession(session, limits), parameters, session))]
        },
      }
    },
  }
}

function commonParameters(values: ProbeValues, cleanUpTimeoutMs: number): ProbeParameters {
  const { image, serverImage, nodes, toleration, nodeSelector, timeout, imageRegistry } = values
  const imageOf = (named: string) => {
    checkImageReference(named)
    const rewritten = imageRegistry === undefined ? named : rewriteRegistry(named, imageRegistry)
    checkImageReference(rewritten)
    return rewritten
  }
  return {
    image: imageOf(image),
    serverImage: imageOf(serverImage),
    nodes,
    tolerations: toleration.map(parseToleration),
    nodeSelector: parseNodeSelector(nodeSelector),
    timeoutMs: timeout,
    cleanUpTimeoutMs,
    command: 'kubectl perf accept',
  }
}

/** That can get a client; where they are not known, two are expected. */
function countNodes(
  nodes: readonly NodeObject[] | undefined,
  { nodeSelector, tolerations }: Pick<ProbeParameters, 'nodeSelector' | 'tolerations'>,
): number {
  if (nodes === undefined) return 2
  return nodes.filter(
    (node) => !isFakeNode(node) && isUsableNode(node, nodeSelector) && toleratesTaints(node, tolerations),
  ).length
}

function itemSession(
  { client, signal, progress, cleanUpCommand, sample }: MeasureSession,
  { scope }: WorkLimits,
): ItemSession {
  return {
    client,
    scope,
    signal,
    lateSignal: lateSignal(signal),
    cleanUpCommand: cleanUpCommand(),
    onSample: sample,
    onProgress({ phase, done, total }) {
      progress.update(done === undefined ? phase : `${phase} ${done}${total === undefined ? '' : `/${total}`}`)
    },
  }
}

function measuredOf({ outcome, reason, metrics, findings, phases, details }: ItemResult): Measured {
  return {
    outcome,
    ...(reason === undefined ? {} : { reason }),
    metrics,
    findings,
    phases,
    ...(details === undefined ? {} : { details }),
  }
}

/** How long something is waited for before it counts as one that does not happen. */
export function limitOption(standardMs: number, description: string) {
  return { kind: 'duration', default: formatDuration(standardMs), min: 1000, description } as const
}
