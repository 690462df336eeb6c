import { expect, test } from 'vitest'
import type { KubeBurnerConfig } from '../../../../lib/density/kube-burner/kube-burner-config.ts'
import { type Load, leastDurationMs } from '../../../../lib/density/load.ts'
import { kubeBurnerLoad, kubeBurnerScope } from '../../../../lib/density/workloads/kube-burner.ts'
import type { ObjectKind } from '../../../../lib/workload/discovery.ts'
import { jobConfig, POD, readConfig } from '../kube-burner/reading.ts'

const RUN = '3f9kq2'
const ROLE = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: "role-{{.Iteration}}"}\n'

/** A cluster whose kinds are in namespaces, but for ClusterRoles. */
async function findResource({ kind }: ObjectKind) {
  const resource = `${kind.toLowerCase()}s`
  return { group: '', version: 'v1', resource, namespaced: kind !== 'ClusterRole', ownsPods: kind === 'Pod' }
}

function loadOf(config: KubeBurnerConfig): Promise<Load> {
  const identity = { uuid: 'u-1', runId: RUN }
  const workload = { config, identity, options: {}, concurrency: 1, mayTouchOthers: false }
  return kubeBurnerLoad(kubeBurnerScope(RUN, config), workload, findResource)
}

const inNamespace = (namespace: string) => ({
  'pod.yaml': POD.replace('metadata:', `metadata:\n  namespace: ${namespace}`),
})

test('objects go to the namespaces that the jobs make, and nowhere else', async () => {
  await expect(loadOf(readConfig(jobConfig('namespace: kb'), inNamespace('default')))).rejects.toThrow(
    'dir/pod.yaml: Pod "pod-0-1" names the namespace "default", which none of the jobs makes',
  )
  await expect(loadOf(readConfig(jobConfig()))).rejects.toThrow(
    'dir/pod.yaml: Pod "pod-0-1" belongs in a namespace, and its job has none',
  )
  const { phases } = await loadOf(
    readConfig(jobConfig('namespace: kb', 'jobIterations: 2'), inNamespace('kb-{{.Iteration}}')),
  )
  expect(phases.map(({ count }) => count)).toEqual([2])
})

test('a namespace that only a later iteration names ends the load there', async () => {
  const later = inNamespace('{{if eq .Iteration 0}}kb-0{{else}}default{{end}}')
  const { phases } = await loadOf(readConfig(jobConfig('namespace: kb', 'jobIterations: 2'), later))
  const steps = phases[0]?.steps(() => Promise.reject(new Error('not needed')), new AbortController().signal) ?? []
  const made: unknown[] = []
  const make = async () => {
    for await (const step of steps) made.push(step)
  }
  await expect(make()).rejects.toThrow('Pod "pod-1-1" names the namespace "default"')
  expect(made).toHaveLength(1)
})

test('a run that makes only objects outside of namespaces has one of its own, by which it can be found', async () => {
  const config = readConfig(jobConfig('jobIterations: 2'), { 'pod.yaml': ROLE })
  expect(kubeBurnerScope(RUN, config)).toMatchObject({ namespaces: [`perf-${RUN}-0`] })
  expect(await loadOf(config)).toMatchObject({ resources: [{ resource: 'clusterroles' }] })
  const reads = readConfig('jobs: [{name: r, jobType: read, objects: [{kind: Pod, labelSelector: {a: b}}]}]')
  expect(kubeBurnerScope(RUN, reads)).toMatchObject({ namespaces: [] })
})

test('rates, delays, churn and pauses say what each phase takes at least', async () => {
  const seconds = async (...lines: string[]) => {
    const { phases } = await loadOf(readConfig(jobConfig('namespace: kb', ...lines)))
    return phases.map((phase) => leastDurationMs(phase) / 1000)
  }
  // 10 a second, and 20 at once.
  expect(await seconds('jobIterations: 120')).toEqual([10])
  expect(await seconds('jobIterations: 3', 'jobIterationDelay: 1m')).toEqual([180])
  expect(await seconds('jobPause: 10m')).toEqual([0, 600])
  const churn = (parts: string) => `churnConfig: {percent: 50, ${parts}}`
  expect(await seconds(churn('duration: 1h'))).toEqual([0, 3600])
  expect(await seconds(churn('cycles: 3, duration: 1h, delay: 1m, deleteDelay: 30s'), 'jobPause: 10s')).toEqual([
    0, 280,
  ])
  expect(await seconds(churn('cycles: 3'))).toEqual([0, 0])
})
