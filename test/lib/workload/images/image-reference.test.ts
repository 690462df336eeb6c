import { expect, test } from 'vitest'
import { checkImageReference, rewriteRegistry } from '../../../../lib/workload/images/image-reference.ts'

test.each([
  'busybox',
  'nginx:1.27',
  'registry.k8s.io/pause:3.10',
  'localhost:5000/a/b_c__d-e/f.g:Tag-1',
  `quay.io/cilium/cilium@sha256:${'a'.repeat(64)}`,
  '[::1]:5000/x',
])('%s is an image name', (image) => {
  expect(() => checkImageReference(image)).not.toThrow()
})

test.each(['', 'Nginx', 'nginx:', 'a b', 'nginx:ta g', '-x', 'x//y', 'x@sha256:12', 'https://x/y'])(
  '%j is refused',
  (image) => {
    expect(() => checkImageReference(image)).toThrow(`invalid image name "${image}"`)
  },
)

test.each([
  ['registry.k8s.io/pause:3.10', 'mirror.example/k8s', 'mirror.example/k8s/pause:3.10'],
  ['busybox', 'mirror.example/', 'mirror.example/busybox'],
  ['library/busybox:1', 'm.example', 'm.example/library/busybox:1'],
  ['localhost/x/y', 'm.example', 'm.example/x/y'],
  ['host:5000/x', 'm.example', 'm.example/x'],
])('%s under %s is %s', (image, prefix, rewritten) => {
  expect(rewriteRegistry(image, prefix)).toBe(rewritten)
})
