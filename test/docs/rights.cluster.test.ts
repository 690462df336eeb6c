import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'
import { type Ended, recordOf, runCommandLine } from '../cmd/run-command-line.ts'
import { ROOT } from './documents.ts'

// The documented roles, each right taken away by itself: then a run is refused before anything is made, and says what is
// missing, or it goes on without facts, as the role says. Nothing else may happen.

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly verbs: readonly string[]
}

interface Role {
  readonly metadata: { readonly name: string }
  readonly rules: readonly Rule[]
}

async function rolesOf(file: string): Promise<readonly Role[]> {
  return parseAllDocuments(await readFile(join(ROOT, 'docs/rbac', file), 'utf8')).map(
    (document) => document.toJS() as Role,
  )
}

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})

/** A user who has these rules and nothing else. */
async function userWith(name: string, rules: readonly Rule[]): Promise<string> {
  const kubeconfig = await cluster.createUser(name)
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(role) })
  const subject = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
  const binding = { ...role, kind: 'ClusterRoleBinding', rules: undefined, subjects: [subject], roleRef }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(binding) })
  const [rule] = rules
  const [group, resource] = [rule?.apiGroups?.[0] ?? '', rule?.resources?.[0] ?? '']
  const what = rule?.nonResourceURLs?.[0] ?? (group === '' ? resource : `${resource}.${group}`)
  // The API server learns of a binding a moment later.
  const mayI = ['auth', 'can-i', rule?.verbs[0] ?? '', what, '--as', name, '-A']
  const isBound = async () => expect((await cluster.tryKubectl(mayI)).stdout.trim()).toBe('yes')
  // Not expect.poll, which knows one test at a time: these run at once.
  await vi.waitFor(isBound, { timeout: 60_000, interval: 100 })
  return kubeconfig
}

/** All ways to take one verb of one resource away: what goes, and the rules that stay. */
function cuts(rules: readonly Rule[]): readonly (readonly [right: string, rest: readonly Rule[]])[] {
  const single = rules.flatMap(({ apiGroups = [''], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({ apiGroups: [group], resources: [resource], verbs: [verb] })),
      ),
    ),
  )
  return single.map((right, index) => [
    `${right.verbs[0]} ${right.resources[0]}${right.apiGroups[0] === '' ? '' : `.${right.apiGroups[0]}`}`,
    single.filter((_, other) => other !== index),
  ])
}

const workloadOf = (right: string): readonly string[] => {
  if (right === 'delete deployments.apps') return ['deployments', '--iterations', '2', '--churn', '50']
  if (/deployments/.test(right)) return ['deployments', '--iterations', '1', '--scale-to', '3']
  if (/services|secrets/.test(right)) return ['cluster', '--iterations', '1']
  if (/configmaps/.test(right)) return ['api-load', '--iterations', '1', '--configmaps', '2']
  return ['pods', '--iterations', '2', '--churn', '50']
}

/** As density.yaml says: facts, or for another command, or for a kube-burner configuration. */
const NOT_NEEDED = new Set([
  'get namespaces',
  'list deployments.apps',
  'list nodes',
  'get serviceaccounts',
  'list events',
  'watch events',
  'list nodes.metrics.k8s.io',
  'list priorityclasses.scheduling.k8s.io',
])

describe('density', async () => {
  const [role] = await rolesOf('density.yaml')
  const rights = cuts(role?.rules ?? []).map(([right, rest], index) => ({ right, rest, name: `density-cut-${index}` }))

  test.concurrent.each(rights)('without the right to $right', async ({ right, rest, name }) => {
    const kubeconfig = await userWith(name, rest)
    const argv = ['density', '-o', 'json', '--qps', '50', '--workload', ...workloadOf(right)]
    const ended = await runCommandLine(kubeconfig, argv)
    if (NOT_NEEDED.has(right)) {
      expect(ended.exitCode, ended.stderr).toBe(0)
      expect(recordOf(ended).outcome).toBe('passed')
    } else {
      expectRefused(ended, right)
    }
  })
})

function expectRefused({ exitCode, stdout, stderr }: Ended, right: string): void {
  const [verb = '', resource = ''] = right.split(' ')
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' })
  const missing = /missing: (.*)/.exec(stderr)?.[1] ?? ''
  expect(missing).toContain(verb)
  expect(missing).toContain(resource.split(/[./]/, 1)[0])
  expect(stderr).toContain('docs/rbac/density.yaml')
}

test('control-plane: with server-metrics.yaml figures of the API server; without it, what is missing, and no pass', async () => {
  const [role] = await rolesOf('server-metrics.yaml')
  const argv = ['control-plane', '--window', '2s', '-o', 'json']
  // Not metrics-reader: a role of that name is what the program advises, and another file makes it.
  const reader = await userWith('reader-of-metrics', role?.rules ?? [])
  const ended = await runCommandLine(reader, argv)
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(recordOf(ended).metrics.map(({ name }) => name)).toContain('apiserver_watchers')
  const nobody = await cluster.createUser('metrics-nobody')
  // It does not wait for the end of a window of which it cannot see the beginning.
  const refused = await runCommandLine(nobody, ['control-plane', '--window', '1h', '-o', 'json'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr + refused.stdout).toContain('docs/rbac/server-metrics.yaml')
})

test.each(['density.yaml', 'netperf.yaml'])(
  'cleanup: the role of %s lists and removes what a run left',
  async (file) => {
    const [role] = await rolesOf(file)
    const kubeconfig = await userWith(`cleaner-with-${role?.metadata.name ?? ''}`, role?.rules ?? [])
    const argv = ['density', '--iterations', '1', '--keep', '-o', 'json']
    const kept = recordOf(await runCommandLine(cluster.kubeconfig, argv))
    const ended = await runCommandLine(kubeconfig, ['cleanup', '--run', kept.runId, '-y'])
    expect(ended, ended.stderr).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`Removed ${kept.runId}.\n`),
    })
    expect(await cluster.kubectl(['get', 'ns', '-l', `kubectl-perf/run=${kept.runId}`, '-o', 'name'])).toBe('')
    const maySeeGuests = role?.rules.some(
      ({ resources, verbs }) => resources?.includes('configmaps') && verbs.includes('list'),
    )
    expect(ended.stderr.includes('Runs in namespaces that were there before are not looked for')).toBe(!maySeeGuests)
  },
)
