import { expect, test } from 'vitest'
import { flagsOf, readOperatorFacts } from '../../../../lib/ces/detection/operator-settings.ts'
import { ApiError } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'

const deployment = {
  metadata: { name: 'cilium-operator', namespace: 'kube-system' },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [
          {
            image: 'quay.io/cilium/operator-generic:v1.18.2@sha256:abc',
            command: ['cilium-operator-generic'],
            args: ['--config-dir=/tmp/cilium/config-map', '--ces-max-ciliumendpoints-per-ces=50'],
          },
        ],
      },
    },
  },
  status: { readyReplicas: 1 },
}
const config = { data: { 'enable-cilium-endpoint-slice': 'true', 'ces-max-ciliumendpoints-per-ces': '100' } }
const signal = new AbortController().signal

/** Answers by path; what is not listed is forbidden. */
function client(answers: Record<string, unknown[]>) {
  const list = async (path: string) => {
    const items = answers[path]
    if (items === undefined) throw forbidden()
    return { items, resourceVersion: '1' }
  }
  return { list } as Pick<KubeClient, 'list'>
}

function forbidden(): ApiError {
  return new ApiError('Error from server (Forbidden): no', { code: 403, reason: 'Forbidden', serverMessage: 'no' })
}

test('flags win over the configuration', async () => {
  const facts = await readOperatorFacts(
    client({ '/api/v1/configmaps': [config], '/apis/apps/v1/deployments': [deployment] }),
    signal,
  )
  expect(facts.flags).toEqual({
    'enable-cilium-endpoint-slice': 'true',
    'ces-max-ciliumendpoints-per-ces': '50',
    'config-dir': '/tmp/cilium/config-map',
  })
  expect(facts.deployment).toEqual({
    namespace: 'kube-system',
    name: 'cilium-operator',
    version: '1.18.2',
    replicas: 2,
    ready: 1,
  })
  expect(facts.gaps).toEqual([])
})

test('with rights in one namespace the usual ones are looked at', async () => {
  const facts = await readOperatorFacts(client({ '/api/v1/namespaces/kube-system/configmaps': [config] }), signal)
  expect(facts.flags).toEqual(config.data)
  expect(facts.gaps).toEqual(['Deployment cilium-operator'])
})

test('what nobody may read is not known, and what is absent is no gap', async () => {
  expect(await readOperatorFacts(client({}), signal)).toEqual({
    flags: undefined,
    gaps: ['ConfigMap cilium-config', 'Deployment cilium-operator'],
  })
  const none = await readOperatorFacts(client({ '/api/v1/configmaps': [], '/apis/apps/v1/deployments': [] }), signal)
  expect(none).toEqual({ flags: undefined, gaps: [] })
})

test('flags in all their forms', () => {
  expect(flagsOf(['--a=1', '--b', '2', '--c', '--d=x=y', 'word', '--e'])).toEqual({
    a: '1',
    b: '2',
    c: 'true',
    d: 'x=y',
    e: 'true',
  })
})
