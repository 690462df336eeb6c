import { expect, test } from 'vitest'
import { clusterDomain, namesTried, parseResolverConfig } from '../../../../lib/acceptance/dns/resolver-config.ts'

const pod = parseResolverConfig([
  'search shop.svc.cluster.local svc.cluster.local cluster.local',
  'nameserver 10.96.0.10',
  'options ndots:5',
])

test("a pod's resolv.conf", () => {
  expect(pod).toEqual({
    search: ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
    ndots: 5,
  })
  expect(clusterDomain(pod)).toBe('cluster.local')
})

test('of several lines the last one counts; ndots is 1 unless told, and 15 at most', () => {
  expect(parseResolverConfig(['nameserver a', 'search x', 'search y z', 'options timeout:1'])).toEqual({
    search: ['y', 'z'],
    ndots: 1,
  })
  expect(parseResolverConfig(['options ndots:2 ndots:99']).ndots).toBe(15)
  expect(parseResolverConfig(['# comment', '', 'search'])).toEqual({ search: [], ndots: 1 })
  expect(clusterDomain(parseResolverConfig(['search example.com']))).toBeUndefined()
})

test('a name with fewer dots than ndots is tried within the search domains first', () => {
  const full = 'kubernetes.default.svc.cluster.local'
  expect(namesTried(full, pod)).toEqual([
    `${full}.shop.svc.cluster.local.`,
    `${full}.svc.cluster.local.`,
    `${full}.cluster.local.`,
    `${full}.`,
  ])
  expect(namesTried(full, { ...pod, ndots: 4 })[0]).toBe(`${full}.`)
  expect(namesTried(`${full}.`, pod)).toEqual([`${full}.`])
})
