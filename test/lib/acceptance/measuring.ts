import type { ItemProgress, ItemResult, ItemSession } from '../../../lib/acceptance/item.ts'
import { probeDefaults } from '../../../lib/acceptance/probe/probe-parameters.ts'
import { connect } from '../../../lib/kube/client.ts'
import type { Permission } from '../../../lib/kube/preflight.ts'
import type { Metric } from '../../../lib/record/run-record.ts'
import { lateSignal } from '../../../lib/run/late-signal.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { ownNamespaces, type RunScope } from '../../../lib/run/run-scope.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'

/** Patient enough for a machine with more work than cores. */
export const probeParameters = { ...probeDefaults, command: 'a test', timeoutMs: 240_000, cleanUpTimeoutMs: 240_000 }

interface How {
  readonly scope?: RunScope
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ItemProgress) => void
}

/** Lets an item measure in the cluster of a kubeconfig. */
export async function measureWith<P>(
  kubeconfig: string,
  measure: (session: ItemSession, parameters: P) => Promise<ItemResult>,
  parameters: P,
  { scope = ownNamespaces(newRunId(), 1), signal = new AbortController().signal, onProgress = () => {} }: How = {},
): Promise<ItemResult> {
  const environment = { variables: { KUBECONFIG: kubeconfig }, homeDirectory: '/nonexistent', workingDirectory: '/' }
  const client = await connect({}, environment)
  try {
    const session = { client, scope, signal, lateSignal: lateSignal(signal), onProgress, cleanUpCommand: 'clean up' }
    return await measure(session, parameters)
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

/** Those of a name whose labels are among others these. */
export function series({ metrics }: ItemResult, name: string, labels: Readonly<Record<string, string>> = {}): Metric[] {
  return metrics.filter(
    (metric) =>
      metric.name === name && Object.entries(labels).every(([label, value]) => metric.labels[label] === value),
  )
}

/** Gives a user these rights in a namespace, and no others. */
export async function grant(
  { kubectl }: Pick<ControlPlane, 'kubectl'>,
  user: string,
  namespace: string,
  permissions: readonly Permission[],
): Promise<void> {
  const rules = permissions.map(({ verb, group = '', resource, subresource }) => ({
    apiGroups: [group],
    resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
    verbs: [verb],
  }))
  const metadata = { name: user, namespace }
  const api = 'rbac.authorization.k8s.io'
  const role = { apiVersion: `${api}/v1`, kind: 'Role', metadata, rules }
  await kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(role) })
  await kubectl(['create', 'rolebinding', user, '-n', namespace, `--role=${user}`, `--user=${user}`])
}

/** What any run has left in the cluster: nothing, if all is well. */
export function leftOver({ kubectl }: Pick<ControlPlane, 'kubectl'>): Promise<string> {
  const kinds = 'namespaces,pods,services,configmaps,networkpolicies'
  return kubectl(['get', kinds, '-A', '-l', 'kubectl-perf/run', '-o', 'name'])
}
