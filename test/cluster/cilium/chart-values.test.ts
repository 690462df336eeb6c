import { expect, test } from 'vitest'
import type { ClusterState } from '../cluster-folder.ts'
import { chartValues, replacesKubeProxy } from './chart-values.ts'

const state: ClusterState = {
  name: 'example',
  slot: 1,
  startedAt: '2026-01-01T00:00:00Z',
  podsPerNode: 110,
  realNodes: 2,
  maxPods: {},
  zones: {},
  taints: {},
  mtuBytes: 1500,
  dualStack: false,
  loadBalancer: false,
  loadBalancerDelayMs: 0,
  coreDns: false,
  metricsServer: false,
  prometheus: 'none',
  cilium: true,
  ciliumValues: {},
  ciliumMaps: 'small',
  ciliumOperator: false,
  cesWritesPerSecond: 10,
  links: {},
  secondApiServer: false,
  apiServerFlags: [],
}

test('Cilium stands in for kube-proxy, routes without a tunnel, and has small maps', () => {
  expect(replacesKubeProxy(state)).toBe(true)
  expect(chartValues(state)).toMatchObject({
    k8sServiceHost: '198.18.8.1',
    kubeProxyReplacement: 'true',
    autoDirectNodeRoutes: true,
    ipv4NativeRoutingCIDR: '198.18.8.0/21',
    bpf: { masquerade: true, ctTcpMax: 1024, ctAnyMax: 1024, natMax: 1024, lbMapMax: 256, policyMapMax: 256 },
  })
})

test('beside kube-proxy, iptables masquerade; through a tunnel, no node needs a route to the pods of another', () => {
  const ciliumValues = { kubeProxyReplacement: 'false', routingMode: 'tunnel' }
  expect(replacesKubeProxy({ ...state, ciliumValues })).toBe(false)
  expect(chartValues({ ...state, ciliumValues })).toMatchObject({
    kubeProxyReplacement: 'false',
    autoDirectNodeRoutes: false,
    bpf: { masquerade: false },
  })
})

test('the chart itself sizes dynamic maps', () => {
  const values = chartValues({ ...state, ciliumMaps: 'dynamic' })
  expect(values.bpf).toEqual({ masquerade: true, preallocateMaps: false })
})

test('the operator writes slices in the order of arrival, as fast as it may', () => {
  expect(chartValues({ ...state, cesWritesPerSecond: 30 }).operator).toMatchObject({
    extraArgs: ['--ces-slice-mode=cesSliceModeFCFS', '--ces-write-qps-limit=30', '--ces-write-qps-burst=60'],
  })
})
