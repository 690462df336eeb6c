import { expect, test } from 'vitest'
import { templateLoad } from '../../../../lib/density/workloads/template.ts'
import { existingNamespace, ownNamespaces, type RunScope } from '../../../../lib/run/run-scope.ts'
import type { ObjectKind } from '../../../../lib/workload/discovery.ts'
import { parseTemplate } from '../../../../lib/workload/template/template.ts'

async function findResource({ kind }: ObjectKind) {
  const resource = `${kind.toLowerCase()}s`
  return { group: '', version: 'v1', resource, namespaced: kind !== 'ClusterRole', ownsPods: false }
}

/** The paths that two iterations send to, of a template whose second one makes another kind. */
async function paths(scope: RunScope, second: string): Promise<string[]> {
  const text = `apiVersion: v1\nkind: {{if eq .Iteration 0}}ConfigMap{{else}}${second}{{end}}\nmetadata: {name: "{{.Name}}"}\n`
  const workload = {
    templates: [parseTemplate(text, 'mix.yaml')],
    iterations: 2,
    replicas: 1,
    pace: { perSecond: 0, burst: 1, concurrency: 1, arrival: 'constant' },
    random: Math.random,
  } as const
  const { phases } = await templateLoad(scope, workload, findResource)
  const sent: string[] = []
  const { signal } = new AbortController()
  for await (const step of phases[0]?.steps(() => Promise.reject(new Error('not needed')), signal) ?? []) {
    if ('path' in step) sent.push(step.path)
  }
  return sent
}

test("a kind that only a later iteration makes goes with the run's own namespace, elsewhere it would stay", async () => {
  expect(await paths(ownNamespaces('3f9kq2', 1), 'Secret')).toEqual([
    '/api/v1/namespaces/perf-3f9kq2-0/configmaps',
    '/api/v1/namespaces/perf-3f9kq2-0/secrets',
  ])
  const fault = (kind: string) => `mix.yaml: a ${kind}, of which there is none in the first iteration`
  await expect(paths(existingNamespace('3f9kq2', 'team-a'), 'Secret')).rejects.toThrow(fault('Secret'))
  await expect(paths(ownNamespaces('3f9kq2', 1), 'ClusterRole')).rejects.toThrow(fault('ClusterRole'))
})
