import { expect, test } from 'vitest'
import { otherServers } from '../../../lib/control-plane/other-servers.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { KubeClient } from '../../../lib/kube/client.ts'

const { signal } = new AbortController()

/** A cluster whose Service `kubernetes` has these endpoint slices. */
const clusterOf = (...items: object[]) =>
  ({ list: async () => ({ items, resourceVersion: '1' }) }) as unknown as Pick<KubeClient, 'list'>
const slice = (addressType: string, ...addresses: string[]) => ({
  addressType,
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: !address.endsWith('9') } })),
})

test('one API server has no others, whichever its families', async () => {
  expect(await otherServers(clusterOf(), signal)).toEqual([])
  expect(await otherServers(clusterOf(slice('IPv4', '10.0.0.1'), slice('IPv6', 'fd00::1')), signal)).toEqual([])
})

test('those that are ready count once, in one slice or several', async () => {
  const cluster = clusterOf(
    slice('IPv4', '10.0.0.1', '10.0.0.2', '10.0.0.9'),
    slice('IPv4', '10.0.0.2', '10.0.0.3'),
    slice('IPv6', 'fd00::1'),
  )
  expect(await otherServers(cluster, signal)).toEqual([
    {
      severity: 'info',
      code: 'OtherServers',
      message:
        'No figures of the other API servers: the cluster has 3, and those of one are shown, which the connection led to',
      advice: 'a Prometheus that scrapes all of them has the figures of all (--prometheus)',
      count: 2,
    },
  ])
})

test('who may not look does not get to know', async () => {
  const refusing = {
    list: async () => {
      throw new PerfError('Error from server (Forbidden)')
    },
  }
  expect(await otherServers(refusing, signal)).toEqual([])
})
