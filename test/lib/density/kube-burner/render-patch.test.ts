import { expect, test } from 'vitest'
import { type PatchRequest, renderPatch } from '../../../../lib/density/kube-burner/render-patch.ts'
import { onlyJob, readConfig } from './reading.ts'

function patch(fileName: string, template: string, patchType: string, iteration = 3): PatchRequest {
  const config = readConfig(
    `jobs:
- name: change
  jobType: patch
  jobIterations: 5
  objects:
  - {kind: Deployment, apiVersion: apps/v1, labelSelector: {a: b}, patchType: ${patchType}, objectTemplate: ${fileName}, inputVars: {n: 2}}`,
    { [fileName]: template },
  )
  const job = onlyJob(config)
  const [object] = job.objects
  if (job.type !== 'patch' || object === undefined) throw new Error('no patch job')
  return renderPatch(job, job.objects[0] as (typeof job.objects)[number], { uuid: 'u', runId: 'r' }, iteration)
}

test('a JSON file is sent as it is rendered', () => {
  expect(
    patch('p.json', '{"spec": {"replicas": {{ add .n .Iteration }} }}\n', 'application/strategic-merge-patch+json'),
  ).toEqual({
    contentType: 'application/strategic-merge-patch+json',
    body: '{"spec": {"replicas": 5 }}\n',
    fieldManager: undefined,
  })
})

test('a YAML file is sent as JSON', () => {
  const request = patch(
    'p.yml',
    'spec: {paused: yes, replicas: {{.Replica}}, minReadySeconds: 010}',
    'application/merge-patch+json',
  )
  expect(JSON.parse(request.body)).toEqual({ spec: { paused: true, replicas: 0, minReadySeconds: 8 } })
  expect(
    JSON.parse(patch('p.yml', '- {op: add, path: /a, value: "{{.JobName}}"}', 'application/json-patch+json').body),
  ).toEqual([{ op: 'add', path: '/a', value: 'change' }])
})

test('server-side apply is sent as YAML, with a manager of the fields', () => {
  const text = 'apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: {{.n}}}\n'
  expect(patch('p.yml', text, 'application/apply-patch+yaml')).toEqual({
    contentType: 'application/apply-patch+yaml',
    body: 'apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 2}\n',
    fieldManager: 'kube-controller-manager',
  })
})

test.each([
  ['a: b: c', 'dir/p.yml:1: Nested mappings'],
  ['# nothing', 'dir/p.yml: a patch must be one document, not 0'],
  ['a: 1\n---\nb: 1', 'dir/p.yml: a patch must be one document, not 2'],
  ['a: {{ .nope }}', 'dir/p.yml:1:7: map has no entry for key "nope"'],
])('%j is a fault', (template, message) => {
  expect(() => patch('p.yml', template, 'application/merge-patch+json')).toThrow(message)
})
