import { expect, test } from 'vitest'
import { PAUSE_IMAGE } from '../../../../lib/workload/images/images.ts'
import { manifestText, podManifest } from '../../../../lib/workload/pods/pod-manifest.ts'

const labels = { 'kubectl-perf/run': 'abc123' }

test('the pause pod fits the restricted profile', () => {
  expect(podManifest('p', { image: PAUSE_IMAGE, labels, activeDeadlineSeconds: 60 })).toMatchObject({
    metadata: { name: 'p', labels },
    spec: {
      activeDeadlineSeconds: 60,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    },
  })
  expect(podManifest('p', { image: 'mirror.example/pause:3.9', labels })).toHaveProperty(
    'spec.securityContext.runAsNonRoot',
    true,
  )
})

test('another image may run as root', () => {
  const manifest = podManifest('p', { image: 'docker.io/library/nginx', labels })
  expect(manifest).not.toHaveProperty('spec.securityContext.runAsNonRoot')
  expect(manifest).not.toHaveProperty('spec.activeDeadlineSeconds')
})

test('the text for a name is the JSON of the manifest with that name', () => {
  const manifest = (name: string) => podManifest(name, { image: 'x', labels })
  expect(JSON.parse(manifestText(manifest)('pod-7'))).toEqual(manifest('pod-7'))
})
