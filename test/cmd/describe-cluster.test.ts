import { expect, test } from 'vitest'
import { describeCluster } from '../../cmd/describe-cluster.ts'

test.each([
  [2, 'Context kind-kind (v1.34.4, 2 nodes).'],
  [1, 'Context kind-kind (v1.34.4, 1 node).'],
  // Nobody may list them.
  [null, 'Context kind-kind (v1.34.4).'],
])('a cluster of %s nodes', (nodes, text) => {
  const cluster = { context: 'kind-kind', serverVersion: 'v1.34.4', nodes, platform: 'linux/amd64' }
  expect(describeCluster(cluster)).toBe(text)
})
