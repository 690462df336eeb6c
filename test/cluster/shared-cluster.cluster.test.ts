import { expect, test } from 'vitest'
import { sharedCluster } from './shared-cluster.ts'

test('the shared control plane is there, with five fake nodes that are Ready', async () => {
  const cluster = await sharedCluster()
  const nodes = JSON.parse(await cluster.kubectl(['get', 'nodes', '-o', 'json'])).items
  const ready = (node: { status: { conditions: { type: string; status: string }[] } }) =>
    node.status.conditions.find(({ type }) => type === 'Ready')?.status
  expect(nodes.map(ready)).toEqual(['True', 'True', 'True', 'True', 'True'])
})
