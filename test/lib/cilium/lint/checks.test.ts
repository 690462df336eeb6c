import { expect, test } from 'vitest'
import { lintLines, lintText } from './lint-text.ts'

const bpf = (text: string) => `bpf: {${text}}\n`

// [values, version, code, message, advice]; undefined: nothing is said.
test.each([
  [
    bpf('ctTcpMax: 1023'),
    '1.20',
    'OutOfRange',
    'the agent does not start with 1023: 1024 is the least it takes',
    'bpf.ctTcpMax: 1024',
  ],
  [bpf('ctTcpMax: 1024, ctAnyMax: 16777216'), '1.20'],
  [
    bpf('ctAnyMax: 16777217'),
    '1.20',
    'OutOfRange',
    'the agent does not start with 16777217: 16777216 is the most it takes',
    'bpf.ctAnyMax: 16777216',
  ],
  [
    bpf('natMax: 512'),
    '1.14',
    'OutOfRange',
    'the agent does not start with 512: 1024 is the least it takes',
    'bpf.natMax: 1024',
  ],
  [
    bpf('authMapMax: 255'),
    '1.20',
    'OutOfRange',
    'the agent does not start with 255: 256 is the least it takes',
    'bpf.authMapMax: 256',
  ],
  [
    bpf('policyMapMax: 65537'),
    '1.14',
    'Clamped',
    'the agent makes 65536 of 65537, the most it takes',
    'bpf.policyMapMax: 65536',
  ],
  [bpf('policyMapMax: 65536'), '1.20'],
  [
    bpf('policyMapMax: 100'),
    '1.17',
    'OutOfRange',
    'the agent does not start with 100: 256 is the least it takes',
    'bpf.policyMapMax: 256',
  ],
  [
    bpf('policyMapMax: 100'),
    '1.18',
    'Clamped',
    'the agent makes 256 of 100, the least it takes',
    'bpf.policyMapMax: 256',
  ],
  [
    bpf('policyStatsMapMax: 100'),
    '1.18',
    'Clamped',
    'the agent makes 1024 of 100, the least it takes',
    'bpf.policyStatsMapMax: 1024',
  ],
  [
    bpf('lbMapMax: 0'),
    '1.20',
    'OutOfRange',
    'the agent does not start with 0: 1 is the least it takes',
    'bpf.lbMapMax: 1',
  ],
  [
    bpf('nodeMapMax: 16383'),
    '1.15',
    'OutOfRange',
    'the agent does not start with 16383: 16384 is the least it takes',
    'bpf.nodeMapMax: 16384',
  ],
  [
    'extraConfig:\n  bpf-sock-rev-map-max: "1000"\n',
    '1.20',
    'OutOfRange',
    'the agent does not start with 1000: 1024 is the least it takes',
    'bpf-sock-rev-map-max: "1024"',
  ],
  [
    'extraConfig:\n  bpf-fragments-map-max: "65537"\n',
    '1.20',
    'OutOfRange',
    'the agent does not start with 65537: 65536 is the most it takes',
    'bpf-fragments-map-max: "65536"',
  ],
  [bpf('mapDynamicSizeRatio: 0.0025'), '1.15'],
  [bpf('mapDynamicSizeRatio: 1'), '1.20'],
  [bpf('mapDynamicSizeRatio: "0.0025"'), '1.17'],
  [
    bpf('mapDynamicSizeRatio: "0.0025"'),
    '1.16',
    'WrongType',
    'the text "0.0025" where a number belongs: Helm refuses it',
    'mapDynamicSizeRatio: 0.0025, without quotes',
  ],
  [
    bpf('mapDynamicSizeRatio: 2.5'),
    '1.20',
    'OutOfRange',
    'the agent does not start with 2.5: the ratio is above 0 and at most 1',
    'bpf.mapDynamicSizeRatio: 0.025, if percent was meant',
  ],
  [
    bpf('mapDynamicSizeRatio: -1'),
    '1.20',
    'OutOfRange',
    'the agent does not start with -1: the ratio is above 0 and at most 1',
    'bpf.mapDynamicSizeRatio: 0.0025',
  ],
  [
    bpf('mapDynamicSizeRatio: 0'),
    '1.20',
    'InvalidValue',
    'the chart takes 0 for "not set" and writes its default, 0.0025',
    'fixed sizes: bpf.ctTcpMax, bpf.ctAnyMax, bpf.natMax, bpf.neighMax',
  ],
  ['maglev:\n  tableSize: 16381\n', '1.20'],
  [
    'maglev:\n  tableSize: 10000\n',
    '1.20',
    'OutOfRange',
    'the agent does not start with 10000: it takes only 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071',
    'maglev.tableSize: 16381',
  ],
  [
    'clustermesh:\n  maxConnectedClusters: 256\n',
    '1.15',
    'InvalidValue',
    'Helm refuses 256: the chart takes 255 or 511',
    'clustermesh.maxConnectedClusters: 511',
  ],
  // Helm 3.18 writes these for numbers from a million on, where a template writes them as they come.
  [
    bpf('ctTcpMax: 1000000'),
    '1.15',
    'WrittenAsFloat',
    'Helm writes 1e+06 for it, which the agent does not take for a number',
    'bpf.ctTcpMax: "1000000", in quotes',
  ],
  [
    bpf('neighMax: 1048576'),
    '1.14',
    'WrittenAsFloat',
    'Helm writes 1.048576e+06 for it, which the agent does not take for a number',
    'bpf.neighMax: "1048576", in quotes',
  ],
  [bpf('ctTcpMax: "1000000"'), '1.15'],
  [bpf('ctTcpMax: 999999'), '1.15'],
  [bpf('ctTcpMax: 1000000'), '1.16'],
  [
    bpf('nodeMapMax: 1000000'),
    '1.20',
    'WrittenAsFloat',
    'Helm writes 1e+06 for it, which the agent does not take for a number',
    'bpf.nodeMapMax: 999999 at most',
  ],
] as const)('numbers: %j in %s', (text, version, code?: string, message?: string, advice?: string) => {
  expect(lintText(version, text)).toMatchObject(
    code === undefined ? [] : [{ severity: 'error', code, message, advice }],
  )
})

test.each([
  ['kubeProxyReplacement: strict\n', '1.16', 'InvalidValue', 'Helm refuses "strict"', 'kubeProxyReplacement: true'],
  ['kubeProxyReplacement: "true"\n', '1.20'],
  ['routingMode: direct\n', '1.20', 'InvalidValue', 'the agent does not start with "direct"', 'routingMode: native'],
  ['tunnelProtocol: gre\n', '1.20', 'InvalidValue', 'the agent does not start with "gre"', 'one of vxlan, geneve'],
  [
    'loadBalancer:\n  algorithm: roundrobin\n',
    '1.20',
    'InvalidValue',
    'the agent does not start with "roundrobin"',
    'one of random, maglev',
  ],
  [
    'policyEnforcementMode: strict\n',
    '1.20',
    'InvalidValue',
    'the agent does not start with "strict"',
    'one of default, always, never',
  ],
  ['bpf:\n  datapathMode: auto\n', '1.20'],
  [
    'encryption:\n  enabled: true\n  type: wiregard\n',
    '1.18',
    'InvalidValue',
    'nothing is encrypted with "wiregard"',
    'one of ipsec, wireguard',
  ],
  [
    'encryption: {enabled: true, type: ztunnel}\n',
    '1.18',
    'InvalidValue',
    'nothing is encrypted with "ztunnel"',
    'one of ipsec, wireguard',
  ],
  ['encryption: {enabled: true, type: ztunnel}\n', '1.19'],
  [
    'ipam:\n  mode: cluster-poool\n',
    '1.20',
    'InvalidValue',
    'the agent does not start with "cluster-poool"',
    'one of cluster-pool, kubernetes, multi-pool, crd, eni, azure, alibabacloud, delegated-plugin',
  ],
  ['ipam: {mode: cluster-pool-v2beta}\n', '1.14'],
  ['loadBalancer: {acceleration: best-effort}\n', '1.15'],
  [
    'loadBalancer: {acceleration: best-effort}\n',
    '1.14',
    'InvalidValue',
    'the agent does not start with "best-effort"',
    'one of disabled, native, testing-only',
  ],
  ['identityAllocationMode: doublewrite-readcrd\n', '1.17'],
  [
    'identityAllocationMode: doublewrite-readcrd\n',
    '1.16',
    'InvalidValue',
    'the agent does not start with "doublewrite-readcrd"',
    'one of crd, kvstore',
  ],
  [
    'bpf:\n  datapathMode: auto\n',
    '1.19',
    'InvalidValue',
    'the agent does not start with "auto"',
    'one of veth, netkit, netkit-l2',
  ],
  ['conntrackGCInterval: 1m30s\n', '1.20'],
  [
    'conntrackGCInterval: "30"\n',
    '1.20',
    'InvalidValue',
    'Helm refuses "30": a duration needs its unit',
    'conntrackGCInterval: 30s, if seconds were meant',
  ],
  [
    'conntrackGCInterval: 5 minutes\n',
    '1.20',
    'InvalidValue',
    'Helm refuses "5 minutes": a duration needs its unit',
    'conntrackGCInterval: 30s, for example',
  ],
  [
    'cluster:\n  name: My_Cluster\n',
    '1.16',
    'InvalidValue',
    'Helm refuses the name: only lower-case letters, digits and - are taken',
    undefined,
  ],
  [
    'cluster:\n  name: a-name-that-is-longer-than-helm-takes\n',
    '1.20',
    'InvalidValue',
    'Helm refuses the name: it has 37 characters, at most 32 are taken',
    undefined,
  ],
  ['ipv4NativeRoutingCIDR: 10.0.0.0/8\n', '1.20'],
  [
    'ipv4NativeRoutingCIDR: 10.0.0.0/33\n',
    '1.20',
    'InvalidValue',
    '"10.0.0.0/33" is no address range',
    'ipv4NativeRoutingCIDR: 10.0.0.0/8, for example',
  ],
] as const)('words: %j in %s', (text, version, code?: string, message?: string, advice?: string) => {
  const expected =
    code === undefined ? [] : [{ severity: 'error', code, message, ...(advice === undefined ? {} : { advice }) }]
  expect(lintText(version, text)).toMatchObject(expected)
})

test.each([
  [
    'hubble:\n  enabled: "false"\n',
    '1.15',
    'error',
    'the text "false" where true or false belongs: text counts as true in templates',
    'enabled: false, without quotes',
  ],
  [
    'hubble:\n  enabled: "true"\n',
    '1.15',
    'warning',
    'the text "true" where true or false belongs: Helm refuses it from 1.16 on',
    'enabled: true, without quotes',
  ],
  [
    'hubble:\n  enabled: "true"\n',
    '1.16',
    'error',
    'the text "true" where true or false belongs: Helm refuses it',
    'enabled: true, without quotes',
  ],
  [
    'bandwidthManager: true\n',
    '1.20',
    'error',
    'true where a map belongs: Helm refuses it',
    'bandwidthManager.enabled: true',
  ],
  [
    'hubble:\n  metrics:\n    enabled: dns\n',
    '1.20',
    'error',
    'the text "dns" where a list belongs: Helm refuses it',
    'enabled: [dns]',
  ],
  ['hubble:\n  metrics:\n    enabled: true\n', '1.20', 'error', 'true where a list belongs: Helm refuses it', 'a list'],
  [
    'bpf:\n  ctTcpMax: 524288.5\n',
    '1.20',
    'error',
    '524288.5 where a whole number belongs: Helm refuses it',
    'a whole number',
  ],
  [
    'bpf:\n  ctTcpMax: "524288"\n',
    '1.18',
    'error',
    'the text "524288" where a whole number belongs: Helm refuses it',
    'ctTcpMax: 524288, without quotes',
  ],
  ['image:\n  tag: 1.2\n', '1.20', 'error', '1.2 where text belongs: Helm refuses it', 'tag: "1.2", in quotes'],
  [
    'scheduling:\n  mode: spread\n',
    '1.20',
    'error',
    'the text "spread" is none of anti-affinity, kube-scheduler: Helm refuses it',
    'one of anti-affinity, kube-scheduler',
  ],
  [
    'envoy:\n  httpUpstreamLingerTimeout: 30\n',
    '1.19',
    'error',
    'cannot be set: the schema of this chart takes nothing here, so Helm refuses it',
    undefined,
  ],
  [
    'extraConfig:\n  bpf-map-event-buffers: 5\n',
    '1.20',
    'error',
    '5 where text belongs: the API server refuses it',
    'bpf-map-event-buffers: "5", in quotes',
  ],
  [
    'podAnnotations:\n  a: true\n',
    '1.15',
    'error',
    'true where text belongs: the API server refuses it',
    'a: "true", in quotes',
  ],
  [
    'cni:\n  resources:\n    requests:\n      cpu: 1\n',
    '1.18',
    'error',
    '1 where text belongs: Helm refuses it',
    'cpu: "1", in quotes',
  ],
  [
    'affinity:\n  podAntiAfinity: {}\n',
    '1.20',
    'error',
    'Kubernetes has no such field: it is dropped',
    'podAntiAffinity',
  ],
  ['tolerations:\n  - opreator: Exists\n', '1.20', 'error', 'Kubernetes has no such field: it is dropped', 'operator'],
  [
    'resources:\n  limits:\n    mem: 1Gi\n',
    '1.20',
    'error',
    'Kubernetes has no such resource: the API server refuses it',
    undefined,
  ],
  [
    'nodeSelector:\n  kubernetes.io/0s: linux\n',
    '1.20',
    'warning',
    'nodes have kubernetes.io/os: a pod that asks for another label may find no node',
    'kubernetes.io/os',
  ],
] as const)('types: %j in %s', (text, version, severity, message, advice) => {
  const [finding, ...others] = lintText(version, text)
  expect(finding).toMatchObject({ severity, message, ...(advice === undefined ? {} : { advice }) })
  expect(others).toEqual([])
})

test.each([
  'extraConfig:\n  some-flag: "5"\n',
  'nodeSelector:\n  my.org/pool: blue\n',
  'resources:\n  limits:\n    cpu: 1\n    memory: 1Gi\n    example.com/gpu: 2\n    hugepages-2Mi: 4Mi\n',
  'updateStrategy:\n  rollingUpdate:\n    maxUnavailable: 10%\n',
  'extraEnv:\n  - name: A\n    value: b\n  - name: C\n    valueFrom:\n      fieldRef:\n        fieldPath: spec.nodeName\n',
  'hubble:\n  enabled: null\n  relay: ~\n',
  // What another tool replaces before Helm gets it.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is their notation
  'ipv4NativeRoutingCIDR: ${pods}\nk8sServicePort: ${port}\nbpf: {natMax: "{{ nat }}"}\nroutingMode: native\n',
  'tolerations:\n  - key: a\n    operator: Exists\n    effect: NoSchedule\n',
  'ipam:\n  operator:\n    autoCreateCiliumPodIPPools:\n      default:\n        ipv4:\n          cidrs: [10.10.0.0/8]\n          maskSize: 24\n',
  'clustermesh:\n  config:\n    enabled: true\n    clusters:\n      - name: other\n        address: a.example.com\n        port: 2379\n        ips: []\n',
])('nothing is said of %j', (text) => {
  expect(lintLines('1.20', text)).toEqual([])
})

const NATIVE = 'routingMode: native\nipv4NativeRoutingCIDR: 10.0.0.0/8\nkubeProxyReplacement: true\n'

// [values, version, what is said]
test.each([
  [
    'ciliumEndpointSlice: {enabled: true}\negressGateway: {enabled: true}\nbpf: {masquerade: true}\n',
    '1.18',
    ['error 1 EndpointSlicesWithEgressGateway'],
  ],
  [
    'enableCiliumEndpointSlice: true\negressGateway: {enabled: true}\nbpf: {masquerade: true}\n',
    '1.15',
    ['error 1 EndpointSlicesWithEgressGateway'],
  ],
  [
    'ciliumEndpointSlice: {enabled: true}\ndisableEndpointCRD: true\n',
    '1.20',
    ['error 1 EndpointSlicesWithoutEndpoints'],
  ],
  ['ciliumEndpointSlice: {enabled: true}\n', '1.20', []],
  [`enableIPv4BIGTCP: true\nbpf: {masquerade: true}\n${NATIVE}`, '1.18', []],
  [
    `enableIPv4BIGTCP: true\nbpf: {masquerade: true}\nkubeProxyReplacement: true\n`,
    '1.18',
    ['warning 1 BigTcpWithTunnel'],
  ],
  [
    `enableIPv4BIGTCP: true\nroutingMode: tunnel\nbpf: {masquerade: true}\nkubeProxyReplacement: true\n`,
    '1.18',
    ['error 1 BigTcpWithTunnel'],
  ],
  [
    `enableIPv6BIGTCP: true\nbpf: {masquerade: true}\nencryption: {enabled: true, type: wireguard}\n${NATIVE}`,
    '1.18',
    ['error 1 BigTcpWithEncryption'],
  ],
  [
    `enableIPv6BIGTCP: true\nbpf: {masquerade: true}\nencryption: {enabled: true, type: wireguard}\n${NATIVE}`,
    '1.19',
    [],
  ],
  [
    `enableIPv6BIGTCP: true\nbpf: {masquerade: true}\nencryption: {enabled: true, type: ipsec}\n${NATIVE}`,
    '1.20',
    ['error 1 BigTcpWithEncryption'],
  ],
  [
    `enableIPv6BIGTCP: true\nbpf: {masquerade: true, hostLegacyRouting: true}\n${NATIVE}`,
    '1.20',
    ['error 1 BigTcpWithLegacyRouting'],
  ],
  [`enableIPv4BIGTCP: true\nbpf: {masquerade: false}\n${NATIVE}`, '1.20', ['error 1 BigTcpWithoutHostRouting']],
  ['egressGateway: {enabled: true}\n', '1.20', ['warning 1 EgressGatewayNeeds']],
  ['egressGateway: {enabled: true}\nbpf: {masquerade: false}\n', '1.20', ['error 1 EgressGatewayNeeds']],
  [
    'egressGateway: {enabled: true}\nbpf: {masquerade: true}\nidentityAllocationMode: kvstore\n',
    '1.20',
    ['error 1 EgressGatewayNeeds'],
  ],
  [bpf('natMax: 300000, ctTcpMax: 200000, ctAnyMax: 99999'), '1.20', ['error 1 NatAboveConnectionTracking']],
  [bpf('natMax: 299999, ctTcpMax: 200000, ctAnyMax: 99999'), '1.20', []],
  [bpf('natMax: 524288, ctTcpMax: 200000, ctAnyMax: 100000'), '1.20', ['error 1 Clamped']],
  [bpf('natMax: 196608'), '1.20', []],
  [bpf('natMax: 196609'), '1.20', ['warning 1 NatAboveConnectionTracking']],
  [bpf('natMax: 524288'), '1.20', ['warning 1 Clamped']],
  ['autoDirectNodeRoutes: true\n', '1.20', ['warning 1 DirectRoutesWithTunnel']],
  ['autoDirectNodeRoutes: true\nroutingMode: tunnel\n', '1.20', ['error 1 DirectRoutesWithTunnel']],
  ['autoDirectNodeRoutes: true\ntunnel: disabled\n', '1.14', ['warning 2 DeprecatedKey']],
  ['routingMode: native\n', '1.18', ['warning 1 NativeRoutingWithoutCidr']],
  ['routingMode: native\n', '1.17', ['warning 1 NativeRoutingWithoutCidr']],
  ['routingMode: native\nenableIPv4Masquerade: false\n', '1.17', []],
  ['routingMode: native\nipMasqAgent: {enabled: true}\n', '1.15', []],
  ['routingMode: native\nipMasqAgent: {enabled: true}\n', '1.14', ['warning 1 NativeRoutingWithoutCidr']],
  [`ipv6: {enabled: true}\n${NATIVE}`, '1.20', ['warning 2 NativeRoutingWithoutCidr']],
  [`ipv6: {enabled: true}\nipv6NativeRoutingCIDR: fd00::/64\n${NATIVE}`, '1.20', []],
  ['ipv4: {enabled: false}\n', '1.20', ['warning 1 MissingRequirement']],
  ['ipv4: {enabled: false}\nipv6: {enabled: false}\n', '1.14', ['error 1 MissingRequirement']],
  ['ipv4: {enabled: false}\nipv6: {enabled: true}\n', '1.20', []],
  ['routingMode: native\nipam: {mode: eni}\neni: {enabled: true}\n', '1.20', []],
  [
    'kubeProxyReplacement: true\nroutingMode: tunnel\nloadBalancer: {mode: dsr}\n',
    '1.20',
    ['error 3 DirectServerReturnWithTunnel'],
  ],
  ['kubeProxyReplacement: true\ntunnelProtocol: geneve\nloadBalancer: {mode: dsr, dsrDispatch: geneve}\n', '1.20', []],
  ['encryption: {enabled: true}\nhostFirewall: {enabled: true}\n', '1.20', ['error 1 IpsecConflict']],
  [
    'encryption: {enabled: true}\nkubeProxyReplacement: strict\n',
    '1.15',
    ['error 1 IpsecConflict', 'warning 2 DeprecatedKey'],
  ],
  ['encryption: {enabled: true}\nkubeProxyReplacement: true\n', '1.16', []],
  ['hubble: {ui: {enabled: true}}\n', '1.20', ['warning 1 MissingRequirement']],
  ['hubble: {ui: {enabled: true}, relay: {enabled: true}}\n', '1.20', []],
  ['hubble: {enabled: false, relay: {enabled: true}}\n', '1.20', ['error 1 MissingRequirement']],
  ['gatewayAPI: {enabled: true}\nl7Proxy: false\n', '1.20', ['error 1 MissingRequirement']],
  ['bandwidthManager: {bbr: true}\n', '1.20', ['warning 1 MissingRequirement']],
  ['bpf: {datapathMode: netkit, tproxy: true}\n', '1.20', ['error 1 MissingRequirement']],
  ['cluster: {id: 5}\n', '1.20', ['warning 1 MissingRequirement']],
  ['cluster: {id: 5, name: blue}\n', '1.20', []],
  ['conntrackGCInterval: 30s\nconntrackGCMaxInterval: 5m\n', '1.20', ['warning 2 NoEffect']],
  ['conntrackGCInterval: 0s\nconntrackGCMaxInterval: 5m\n', '1.20', []],
  ['k8sServiceHost: a\nk8sServiceHostRef: {name: b, key: c}\n', '1.20', ['error 2 Conflict']],
] as const)('combinations: %j in %s', (text, version, expected) => {
  expect(lintText(version, text).map(({ severity, place, code }) => `${severity} ${place.line} ${code}`)).toEqual(
    expected,
  )
})

test('a key that slipped into a node selector', () => {
  expect(lintLines('1.20', 'operator:\n  nodeSelector:\n    dnsPolicy: Default\n    type: worker\n')).toEqual([
    'warning 3 UnknownField operator.nodeSelector.dnsPolicy: taken for a label of nodes; the chart has a key of this name one level up → operator.dnsPolicy',
  ])
})

test('what "helm get values" prints for people', () => {
  expect(lintLines('1.20', 'USER-SUPPLIED VALUES:\nbpf:\n  masquerade: true\n')).toEqual([])
})

test('how much memory a node needs for a NAT table, by the formula of the agent', () => {
  // 786,432 of 149,422,080 bytes are entries of connection tracking: 500,000 need 95 MB, at 0.25 % of the memory.
  expect(lintLines('1.20', bpf('natMax: 500000'))).toEqual([
    'warning 1 NatAboveConnectionTracking bpf.natMax: the agent does not start on nodes with less than 36Gi of memory: there ctTcpMax + ctAnyMax is less → bpf.ctTcpMax: 333334 and bpf.ctAnyMax: 166667, or no bpf.natMax',
  ])
  expect(lintLines('1.20', bpf('natMax: 500000, mapDynamicSizeRatio: 0.005'))[0]).toContain('less than 18Gi of memory')
  expect(lintLines('1.20', bpf('natMax: 500000, ctTcpMax: 400000'))[0]).toContain('less than 22Gi of memory')
})

test('several files are merged as Helm does: maps are, all else is replaced, null takes away', () => {
  const conflict = ['bpf: {natMax: 300000}\n', 'bpf: {ctTcpMax: 100000, ctAnyMax: 100000}\n'] as const
  const [finding] = lintText('1.20', ...conflict)
  expect(finding).toMatchObject({ code: 'NatAboveConnectionTracking', place: { file: 'values.yaml', line: 1 } })
  expect(lintText('1.20', ...conflict, 'bpf: {natMax: null}\n')).toEqual([])
  expect(lintText('1.20', ...conflict, 'bpf: {natMax: 5000}\n')).toEqual([])
  expect(
    lintText('1.20', 'bpf: {natMax: 5000}\n', 'bpf: {natMax: 300000, ctTcpMax: 1024, ctAnyMax: 1024}\n'),
  ).toMatchObject([{ place: { file: 'more-1.yaml' } }])
})
