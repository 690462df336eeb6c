import { expect, test } from 'vitest'
import { CHART_RELEASES } from '../../../../lib/cilium/lint/known-keys/chart-keys.ts'
import { minorOf } from '../../../../lib/cilium/lint/known-keys/chart-release.ts'
import { INVENTED_FLAGS, INVENTED_KEYS } from '../../../../lib/cilium/lint/known-keys/invented-keys.ts'
import { findKey, readKeyTable } from '../../../../lib/cilium/lint/known-keys/key-table.ts'
import { REPLACED_KEYS } from '../../../../lib/cilium/lint/known-keys/replaced-keys.ts'
import { lintLines, lintText } from './lint-text.ts'

const table = readKeyTable()

// [key, value, version, advice]
const INVENTED = [
  ['bpf.natMapMax', '524289', '1.20', 'bpf.natMax: 524289'],
  ['bpf.NATMapEntriesGlobal', '5000', '1.20', 'bpf.natMax: 5000'],
  ['bpf.neighMapMax', '524288', '1.20', 'bpf.neighMax: 524288'],
  ['bpf.ctMapEntriesGlobalTCP', '1000000', '1.20', 'bpf.ctTcpMax: 1000000'],
  ['bpf.ctMapEntriesGlobalTCP', '1000000', '1.15', 'bpf.ctTcpMax: "1000000"'],
  ['bpf.ctGlobalTcpMax', '5000', '1.20', 'bpf.ctTcpMax: 5000'],
  ['bpf.ctMapEntriesGlobalAny', '262144', '1.20', 'bpf.ctAnyMax: 262144'],
  ['bpf.ctMax', '262144', '1.20', 'bpf.ctTcpMax and bpf.ctAnyMax'],
  ['bpf.sockMapMax', '65535', '1.20', 'extraConfig: {bpf-sock-rev-map-max: "65535"}'],
  ['bpf.sockRevNatMapMax', '65536', '1.14', 'extraConfig: {bpf-sock-rev-map-max: "65536"}'],
  ['bpf.fragmentsMapMax', '8192', '1.20', 'extraConfig: {bpf-fragments-map-max: "8192"}'],
  ['bpf.policyMapEntries', '16384', '1.20', 'bpf.policyMapMax: 16384'],
  ['bpf.lbMapEntries', '65536', '1.20', 'bpf.lbMapMax: 65536'],
  ['bpf.authMapEntries', '65536', '1.20', 'bpf.authMapMax: 65536'],
  ['bpf.nodeMapEntries', '16384', '1.20', 'bpf.nodeMapMax: 16384'],
  ['bpf.nodeMapEntries', '16384', '1.14', 'bpf.nodeMapMax: 16384, Cilium 1.15 and later'],
  ['bpf.mapsDynamicSizeRatio', '0.005', '1.20', 'bpf.mapDynamicSizeRatio: 0.005'],
  ['bpf.mapPressure', '0.9', '1.20', 'remove it: full LRU maps evict by themselves'],
  ['bpf.ctGcInterval', '30s', '1.20', 'conntrackGCInterval: 30s'],
  ['bpf.ctGcMaxInterval', '5m', '1.20', 'conntrackGCMaxInterval: 5m'],
  ['bpf.tcpFinTimeout', '10', '1.20', 'extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}'],
  ['bpf.tcpCloseTimeout', '10s', '1.20', 'extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}'],
  ['bpf.tcpTimeWaitTimeout', '10', '1.20', 'extraConfig: {bpf-ct-timeout-regular-tcp-fin: "10s"}'],
  ['bpf.tcpSynTimeout', '60', '1.20', 'extraConfig: {bpf-ct-timeout-regular-tcp-syn: "60s"}'],
  ['bpf.tcpConnectionTimeout', '120', '1.20', 'extraConfig: {bpf-ct-timeout-regular-tcp: "120s"}'],
  ['bpf.udpTimeout', '30', '1.20', 'extraConfig: {bpf-ct-timeout-regular-any: "30s"}'],
  ['ciliumEndpointSlice.endpointsPerSlice', '50', '1.20', 'extraConfig: {ces-max-ciliumendpoints-per-ces: "50"}'],
  ['ciliumEndpointSlice.maxCEPsInCES', '50', '1.20', 'extraConfig: {ces-max-ciliumendpoints-per-ces: "50"}'],
  [
    'ciliumEndpointSlice.updateBatchSize',
    '50',
    '1.20',
    'ciliumEndpointSlice.rateLimits for the rate of writes; changes are gathered for 500ms, which is fixed',
  ],
  [
    'ciliumEndpointSlice.enableLabelSelector',
    'true',
    '1.20',
    'remove it: slices are filled by namespace, not by labels',
  ],
  ['ciliumEndpoint', 'true', '1.20', 'remove it: CiliumEndpoints have no settings but disableEndpointCRD'],
  ['bpf.events.monitorInterval', '5s', '1.20', 'bpf.monitorInterval: 5s'],
  [
    'bpf.hostRouting',
    'true',
    '1.20',
    'bpf.hostLegacyRouting: false, which is the default; what else it needs, "kubectl perf cilium bigtcp" says',
  ],
  ['bigTCP.enabled', 'true', '1.20', 'enableIPv4BIGTCP: true and enableIPv6BIGTCP: true'],
  ['bigTCP.ipv6.enabled', 'true', '1.20', 'enableIPv6BIGTCP: true'],
  [
    'enableTunnelBIGTCP',
    'true',
    '1.19',
    'remove it: only 1.19.0 to 1.19.2 had it; later agents find out themselves whether the kernel can',
  ],
] as const

test.each(INVENTED)('%s: %s in %s', (path, value, version, advice) => {
  const finding = lintText(version, nest(path, value)).find((finding) => finding.path === path)
  expect(finding).toMatchObject({ severity: 'error', code: 'UnknownKey', advice })
})

test('every invented key has a case here, and no pattern matches a key that charts have', () => {
  const cases = INVENTED.map(([path]) => plain(path))
  const below = [
    'bpf.mappressure.enabled',
    'bpf.mappressure.gcinterval',
    'bpf.mappressure.evictionthreshold',
    'ciliumendpoint.keepdeprecated',
  ]
  const untested = INVENTED_KEYS.filter(({ pattern }) => ![...cases, ...below].some((path) => pattern.test(path)))
  expect(untested.map(({ pattern }) => pattern.source)).toEqual([])
})

test('what an invented map has below it is told key by key', () => {
  expect(
    lintLines('1.20', 'bpf:\n  mapPressure:\n    enabled: true\n    evictionThreshold: 0.85\n    gcInterval: "30s"\n'),
  ).toMatchInlineSnapshot(`
    [
      "error 2 UnknownKey bpf.mapPressure: no such key, nor the 3 below it: Helm ignores it → remove it: full LRU maps evict by themselves",
      "error 3 UnknownKey bpf.mapPressure.enabled: no such key: Helm ignores it → prometheus.metrics: ["+cilium_bpf_map_pressure"], on by default since 1.14",
      "error 4 UnknownKey bpf.mapPressure.evictionThreshold: no such key: Helm ignores it → remove it: a full LRU map evicts by itself; bpf.policyMapPressureMetricsThreshold says from where on pressure is reported",
      "error 5 UnknownKey bpf.mapPressure.gcInterval: no such key: Helm ignores it → conntrackGCInterval: 30s",
    ]
  `)
})

const REPLACED = REPLACED_KEYS.map((key) => ({ ...key, last: lastMinor(key.path) }))

test.each(REPLACED)('$path is told with what took its place', ({ path, by, last, refusedSince, isOlder }) => {
  const minor = isOlder ? 20 : Math.max(last + 1, refusedSince ?? 0)
  // Some are still there.
  if (minor > 20) {
    expect(lintText('1.20', nest(path, 'true'))[0]).toMatchObject({ code: 'DeprecatedKey', advice: by })
    return
  }
  const finding = lintText(`1.${minor}`, nest(path, 'true')).find((finding) => finding.path === path)
  expect(finding).toMatchObject({
    severity: 'error',
    code: refusedSince !== undefined && minor >= refusedSince ? 'RefusedKey' : 'RemovedKey',
    ...(by === undefined ? {} : { advice: by }),
  })
})

test('what takes the place of a key is a key of the newest chart', () => {
  const named = REPLACED_KEYS.flatMap(({ by }) => by?.match(/[a-z][\w]*(\.\w+)*(?=:|$)/g)?.slice(0, 1) ?? [])
  const newest = minorOf(CHART_RELEASES.at(-1) ?? '')
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => findKey(table, path)?.types.has(newest) !== true)).toEqual([])
})

test('keys that charts refuse only when they are on are just ignored when off', () => {
  expect(lintLines('1.20', 'enableCiliumEndpointSlice: false\n')).toEqual([
    'error 1 RemovedKey enableCiliumEndpointSlice: gone since Cilium 1.18: Helm ignores it → ciliumEndpointSlice.enabled',
  ])
  expect(lintLines('1.20', 'proxy:\n  prometheus:\n    enabled: false\n')).toMatchInlineSnapshot(`
    [
      "error 1 RemovedKey proxy: gone since Cilium 1.16: Helm ignores it",
      "error 3 RefusedKey proxy.prometheus.enabled: gone since Cilium 1.16: Helm refuses it → envoy.prometheus.enabled",
    ]
  `)
})

test('a key of a later version is told with what did the same before', () => {
  expect(lintLines('1.15', 'ciliumEndpointSlice:\n  enabled: true\n')).toEqual([
    'error 1 LaterKey ciliumEndpointSlice: comes with Cilium 1.16: Helm ignores it before → enableCiliumEndpointSlice',
  ])
  expect(lintLines('1.17', 'bpf:\n  policyStatsMapMax: 65536\n')).toEqual([
    'error 2 LaterKey bpf.policyStatsMapMax: comes with Cilium 1.18: Helm ignores it before',
  ])
})

// [values, version, advice]
test.each([
  ['bpf:\n  ctTcpMaz: 5000\n', '1.20', 'bpf.ctTcpMax: 5000'],
  ['bpf:\n  cttcpmax: 5000\n', '1.20', 'bpf.ctTcpMax: 5000'],
  ['natMax: 5000\n', '1.20', 'bpf.natMax: 5000'],
  ['bpf:\n  conntrackGCInterval: 30s\n', '1.20', 'conntrackGCInterval: 30s'],
  ['distributedLRU:\n  enabled: true\n', '1.20', 'bpf.distributedLRU (since 1.17)'],
  ['hubbel:\n  enabled: true\n', '1.20', 'hubble'],
  ['hubble:\n  replicas: 2\n', '1.20', 'hubble.relay.replicas: 2 or hubble.ui.replicas: 2'],
  ['enable-bpf-masquerade: true\n', '1.20', 'bpf.masquerade: true'],
  ['bpf-lb-algorithm: maglev\n', '1.20', 'loadBalancer.algorithm: maglev'],
  ['bpf:\n  policyStatsMapMx: 5000\n', '1.17', 'bpf.policyStatsMapMax, Cilium 1.18 and later'],
  ['kube-proxy-replacement: true\n', '1.20', 'kubeProxyReplacement: true'],
])('%j in %s: %s', (text, version, advice) => {
  expect(lintText(version, text)[0]).toMatchObject({ code: 'UnknownKey', advice })
})

test('a name that is near nothing gets no advice', () => {
  expect(lintLines('1.20', 'zzz: 1\n')).toEqual(['error 1 UnknownKey zzz: no such key: Helm ignores it'])
})

test('flags that documents get wrong', () => {
  const [finding] = lintText('1.20', 'extraConfig:\n  ces-max-cilium-endpoints-per-ces: "50"\n')
  expect(finding).toMatchObject({
    code: 'UnknownFlag',
    path: 'extraConfig.ces-max-cilium-endpoints-per-ces',
    advice: 'ces-max-ciliumendpoints-per-ces',
  })
  for (const name of INVENTED_FLAGS.keys()) {
    expect(lintText('1.20', `extraConfig:\n  ${name}: "5000"\n`).map(({ code }) => code)).toEqual(['UnknownFlag'])
  }
})

test.each([
  [
    'extraConfig: {bpf-sock-rev-mapmax: "70000"}\n',
    '1.20',
    ['error UnknownFlag extraConfig.bpf-sock-rev-mapmax bpf-sock-rev-map-max'],
  ],
  ['extraConfig: {bpf-sock-rev-map-max: "70000"}\n', '1.14', []],
  // Hidden flags are no typos, nor is one of a pair.
  ['extraConfig: {bpf-lb-service-map-max: "70000", enable-srv6: "true", enable-ipv4-something: "1"}\n', '1.20', []],
  ['extraConfig: {ces-slice-mode: fcfs}\n', '1.17', []],
  ['extraConfig: {ces-slice-mode: fcfs}\n', '1.20', ['warning UnknownFlag extraConfig.ces-slice-mode undefined']],
  // Documented later, but the chart sets it already.
  ['extraConfig: {enable-gateway-api: "true"}\n', '1.16', []],
  [
    'extraArgs: ["--allow-localhosst=policy", "--kvstore=etcd"]\n',
    '1.20',
    ['error UnknownFlag extraArgs[0] allow-localhost'],
  ],
  [
    'operator: {extraArgs: ["--ces-max-ciliumendpoint-per-ces=50"]}\n',
    '1.20',
    ['error UnknownFlag operator.extraArgs[0] ces-max-ciliumendpoints-per-ces'],
  ],
] as const)('flags: %j in %s', (text, version, expected) => {
  expect(
    lintText(version, text).map(({ severity, code, path, advice }) => `${severity} ${code} ${path} ${advice}`),
  ).toEqual(expected)
})

test('global is Helm’s own, but the chart reads nothing from there', () => {
  expect(lintLines('1.20', 'global:\n  mine: 1\n')).toEqual([])
  expect(lintLines('1.15', 'global:\n  bpf:\n    natMax: 5000\n')).toEqual([
    'error 2 UnknownKey global.bpf: the chart reads nothing below global: Helm ignores it → bpf',
  ])
})

function nest(path: string, value: string): string {
  const names = path.split('.')
  return `${names.map((name, depth) => `${'  '.repeat(depth)}${name}:`).join('\n')} ${value}\n`
}

function plain(path: string): string {
  return path.toLowerCase().replaceAll(/[^a-z0-9.]/g, '')
}

function lastMinor(path: string): number {
  return Math.max(13, ...(findKey(table, path)?.types.keys() ?? []))
}
