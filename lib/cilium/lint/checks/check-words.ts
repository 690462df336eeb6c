import { isIP } from 'node:net'
import type { LintFinding, LintTarget } from '../lint-finding.ts'
import { isPlaceholder, type MergedValues } from '../values/merged-values.ts'

// Sources: templates/validate.yaml, _helpers.tpl and cilium-configmap.yaml of the charts; daemon/cmd, pkg/option and
// pkg/loadbalancer/config.go of Cilium 1.14 to 1.20.

/** What comes of a word that is not taken. */
const EFFECTS = {
  Helm: 'Helm refuses',
  agent: 'the agent does not start with',
  // The template has settings for the words that it knows, and none for others.
  encryption: 'nothing is encrypted with',
} as const

interface Choice {
  readonly path: string
  readonly words: readonly string[]
  /** The minor versions in which just these are taken. */
  readonly since?: number
  readonly until?: number
  /** Who does not take others. */
  readonly by: keyof typeof EFFECTS
  /** Words that were right once or are said elsewhere, with those to use now. */
  readonly instead?: Readonly<Record<string, string>>
}

/** The values of pkg/ipam/option. */
const IPAM_MODES: readonly string[] = [
  'cluster-pool',
  'kubernetes',
  'multi-pool',
  'crd',
  'eni',
  'azure',
  'alibabacloud',
  'delegated-plugin',
]

const CHOICES: readonly Choice[] = [
  {
    path: 'kubeProxyReplacement',
    words: ['true', 'false'],
    since: 16,
    by: 'Helm',
    instead: { strict: 'true', probe: 'true', partial: 'false', disabled: 'false' },
  },
  {
    path: 'kubeProxyReplacement',
    words: ['true', 'false', 'strict', 'partial', 'disabled'],
    until: 15,
    by: 'Helm',
    instead: { probe: 'true' },
  },
  {
    path: 'routingMode',
    words: ['native', 'tunnel'],
    by: 'agent',
    instead: {
      direct: 'native',
      disabled: 'native',
      vxlan: 'tunnel, with tunnelProtocol: vxlan',
      geneve: 'tunnel, with tunnelProtocol: geneve',
    },
  },
  {
    path: 'tunnelProtocol',
    words: ['vxlan', 'geneve'],
    by: 'agent',
    instead: { disabled: 'vxlan, and routingMode: native' },
  },
  { path: 'loadBalancer.mode', words: ['snat', 'dsr', 'hybrid'], by: 'agent' },
  { path: 'loadBalancer.algorithm', words: ['random', 'maglev'], by: 'agent' },
  { path: 'loadBalancer.dsrDispatch', words: ['opt', 'ipip', 'geneve'], by: 'agent' },
  { path: 'policyEnforcementMode', words: ['default', 'always', 'never'], by: 'agent' },
  { path: 'loadBalancer.acceleration', words: ['disabled', 'native', 'testing-only'], until: 14, by: 'agent' },
  {
    path: 'loadBalancer.acceleration',
    words: ['disabled', 'native', 'best-effort', 'testing-only'],
    since: 15,
    by: 'agent',
  },
  { path: 'ipam.mode', words: [...IPAM_MODES, 'cluster-pool-v2beta'], until: 14, by: 'agent' },
  { path: 'ipam.mode', words: IPAM_MODES, since: 15, by: 'agent' },
  { path: 'identityAllocationMode', words: ['crd', 'kvstore'], until: 16, by: 'agent' },
  {
    path: 'identityAllocationMode',
    words: ['crd', 'kvstore', 'doublewrite-readkvstore', 'doublewrite-readcrd'],
    since: 17,
    by: 'agent',
  },
  { path: 'encryption.type', words: ['ipsec', 'wireguard'], until: 18, by: 'encryption' },
  { path: 'encryption.type', words: ['ipsec', 'wireguard', 'ztunnel'], since: 19, by: 'encryption' },
  { path: 'bpf.datapathMode', words: ['veth', 'netkit', 'netkit-l2'], since: 16, until: 19, by: 'agent' },
  { path: 'bpf.datapathMode', words: ['veth', 'netkit', 'netkit-l2', 'auto'], since: 20, by: 'agent' },
]

/** Durations that the templates hold against Go's notation. */
const DURATIONS: readonly string[] = [
  'conntrackGCInterval',
  'conntrackGCMaxInterval',
  'operator.identityHeartbeatTimeout',
  'operator.identityGCInterval',
  'operator.endpointGCInterval',
  'operator.nodeGCInterval',
  'identityChangeGracePeriod',
  'bpf.monitorInterval',
  'envoyConfig.retryInterval',
  'encryption.ipsec.keyRotationDuration',
  'ipam.ciliumNodeUpdateRate',
  'crdWaitTimeout',
  'authentication.gcInterval',
]

/** Where the operator and the agent take address ranges. */
const CIDRS: readonly string[] = [
  'ipam.operator.clusterPoolIPv4PodCIDRList',
  'ipam.operator.clusterPoolIPv6PodCIDRList',
  'ipv4NativeRoutingCIDR',
  'ipv6NativeRoutingCIDR',
]

const GO_DURATION = /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*)$/

/** Findings for words and durations that Helm or the agent refuses. */
export function checkWords(values: MergedValues, { minor }: LintTarget): readonly LintFinding[] {
  return [
    ...CHOICES.filter(({ since = 0, until = 99 }) => minor >= since && minor <= until).flatMap((choice) =>
      checkChoice(choice, values),
    ),
    ...checkOldReplacement(values, minor),
    ...DURATIONS.flatMap((path) => checkDuration(path, values)),
    ...CIDRS.flatMap((path) => checkCidrs(path, values)),
    ...checkClusterName(values, minor),
  ]
}

function checkChoice({ path, words, by, instead = {} }: Choice, values: MergedValues): readonly LintFinding[] {
  const value = values.scalar(path)
  if (value === undefined || value === '' || words.includes(String(value))) return []
  const better = instead[String(value)]
  return [
    {
      severity: 'error',
      code: 'InvalidValue',
      place: values.place(path),
      path,
      message: `${EFFECTS[by]} ${JSON.stringify(value)}`,
      advice: better === undefined ? `one of ${words.join(', ')}` : `${path}: ${better}`,
    },
  ]
}

// Of the words that charts up to 1.15 take, those that the next one refuses.
function checkOldReplacement(values: MergedValues, minor: number): readonly LintFinding[] {
  const path = 'kubeProxyReplacement'
  const now = { strict: 'true', partial: 'false', disabled: 'false' }[String(values.scalar(path))]
  if (minor > 15 || now === undefined) return []
  const message = `deprecated: Helm refuses ${JSON.stringify(values.scalar(path))} from 1.16 on`
  return [
    { severity: 'warning', code: 'DeprecatedKey', place: values.place(path), path, message, advice: `${path}: ${now}` },
  ]
}

function checkDuration(path: string, values: MergedValues): readonly LintFinding[] {
  const value = values.scalar(path)
  if (value === undefined || value === '' || value === 0 || GO_DURATION.test(String(value))) return []
  return [
    {
      severity: 'error',
      code: 'InvalidValue',
      place: values.place(path),
      path,
      message: `Helm refuses ${JSON.stringify(value)}: a duration needs its unit`,
      advice: /^\d+(\.\d+)?$/.test(String(value))
        ? `${path}: ${value}s, if seconds were meant`
        : `${path}: 30s, for example`,
    },
  ]
}

function checkCidrs(path: string, values: MergedValues): readonly LintFinding[] {
  const node = values.node(path)
  const texts = (node?.kind === 'list' ? node.items : [node]).flatMap((item) =>
    item?.kind === 'scalar' && typeof item.value === 'string'
      ? item.value.split(/\s+/).map((text) => ({ text, place: item.place }))
      : [],
  )
  return texts
    .filter(({ text }) => text !== '' && !isPlaceholder(text) && !isCidr(text))
    .map(({ text, place }) => ({
      severity: 'error',
      code: 'InvalidValue',
      place,
      path,
      message: `${JSON.stringify(text)} is no address range`,
      advice: `${path}: 10.0.0.0/8, for example`,
    }))
}

function isCidr(text: string): boolean {
  const [address = '', bits] = text.split('/')
  const version = isIP(address)
  return version !== 0 && bits !== undefined && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

function checkClusterName(values: MergedValues, minor: number): readonly LintFinding[] {
  const path = 'cluster.name'
  const name = values.scalar(path)
  if (typeof name !== 'string' || minor < 16) return []
  const reason =
    name === ''
      ? 'it is empty'
      : name.length > 32
        ? `it has ${name.length} characters, at most 32 are taken`
        : /^([a-z0-9][-a-z0-9]*)?[a-z0-9]$/.test(name)
          ? undefined
          : 'only lower-case letters, digits and - are taken'
  if (reason === undefined) return []
  return [
    {
      severity: 'error',
      code: 'InvalidValue',
      place: values.place(path),
      path,
      message: `Helm refuses the name: ${reason}`,
    },
  ]
}
