import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { NetperfRun } from '../netperf-run.ts'
import { addressOf } from '../pair.ts'
import type { IpFamily } from '../test-case.ts'

interface ConfigMap {
  data?: Readonly<Record<string, string>>
}

interface Items<Spec> {
  items?: readonly { spec?: Spec }[]
}

interface FelixSpec {
  wireguardEnabled?: boolean
  wireguardEnabledV6?: boolean
}

interface IpPoolSpec {
  cidr?: string
  vxlanMode?: string
  ipipMode?: string
  disabled?: boolean
}

/**
 * What the cluster's own configuration says of its network, as far as this user may read it: kube-proxy's, Cilium's and
 * Calico's.
 * @param families those that are measured: Calico has tunnels and encryption for each of its own
 */
export async function readClusterNetwork(
  client: KubeClient,
  families: ReadonlySet<IpFamily>,
  signal: AbortSignal,
): Promise<NetperfRun['clusterFacts']> {
  const calico = '/apis/crd.projectcalico.org/v1'
  const [proxy, cilium, felix, pools] = await Promise.all([
    readIfAllowed<ConfigMap>(client, '/api/v1/namespaces/kube-system/configmaps/kube-proxy', signal),
    readIfAllowed<ConfigMap>(client, '/api/v1/namespaces/kube-system/configmaps/cilium-config', signal),
    readIfAllowed<Items<FelixSpec>>(client, `${calico}/felixconfigurations`, signal),
    readIfAllowed<Items<IpPoolSpec>>(client, `${calico}/ippools`, signal),
  ])
  const kubeProxyMode = kubeProxyModeOf(proxy, cilium?.data)
  const encryption = encryptionOf(cilium?.data, felix, families)
  const encapsulation = encapsulationOf(cilium?.data, pools, families)
  return {
    ...(kubeProxyMode === undefined ? {} : { kubeProxyMode }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(encapsulation === undefined ? {} : { encapsulation }),
  }
}

/** The mode is empty in most clusters, which on Linux means iptables. */
export function kubeProxyModeOf(
  proxy: ConfigMap | undefined,
  cilium: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const replacement = cilium?.['kube-proxy-replacement']
  if (replacement === 'true' || replacement === 'strict') return 'cilium'
  const config = proxy?.data?.['config.conf']
  if (config === undefined) return undefined
  const mode = /^mode:[ \t]*["']?(\w*)/m.exec(config)?.[1] ?? ''
  return mode === '' ? 'iptables' : mode
}

/** wireguard, ipsec or none; undefined where neither Cilium nor Calico says it. */
export function encryptionOf(
  cilium: Readonly<Record<string, string>> | undefined,
  felix: Items<FelixSpec> | undefined,
  families: ReadonlySet<IpFamily>,
): string | undefined {
  if (cilium?.['enable-wireguard'] === 'true') return 'wireguard'
  if (cilium?.['enable-ipsec'] === 'true') return 'ipsec'
  const specs = felix?.items ?? []
  const isOn = ({ wireguardEnabled, wireguardEnabledV6 }: FelixSpec) =>
    (families.has(4) && wireguardEnabled === true) || (families.has(6) && wireguardEnabledV6 === true)
  if (specs.some(({ spec }) => spec !== undefined && isOn(spec))) return 'wireguard'
  return cilium === undefined && felix === undefined ? undefined : 'none'
}

/** vxlan, geneve, ipip or none; undefined where neither Cilium nor Calico says it. */
export function encapsulationOf(
  cilium: Readonly<Record<string, string>> | undefined,
  pools: Items<IpPoolSpec> | undefined,
  families: ReadonlySet<IpFamily>,
): string | undefined {
  if (cilium !== undefined) {
    // Before Cilium 1.15 the key `tunnel` said both; tunnels are vxlan unless another protocol is named.
    if (cilium['routing-mode'] === 'native' || cilium.tunnel === 'disabled') return 'none'
    return cilium['tunnel-protocol'] ?? cilium.tunnel ?? 'vxlan'
  }
  const isInUse = ({ cidr, disabled }: IpPoolSpec) =>
    disabled !== true && [...families].some((family) => addressOf([cidr ?? ''], family) !== undefined)
  const inUse = (pools?.items ?? []).flatMap(({ spec }) => (spec !== undefined && isInUse(spec) ? [spec] : []))
  if (inUse.length === 0) return undefined
  const isOn = (mode: string | undefined) => mode !== undefined && mode !== 'Never'
  if (inUse.some(({ vxlanMode }) => isOn(vxlanMode))) return 'vxlan'
  return inUse.some(({ ipipMode }) => isOn(ipipMode)) ? 'ipip' : 'none'
}

async function readIfAllowed<T>(client: KubeClient, path: string, signal: AbortSignal): Promise<T | undefined> {
  try {
    const response = await client.request({ method: 'GET', path, signal })
    return response.json() as T
  } catch (error) {
    if (isApiError(error) && (error.code === 403 || error.code === 404)) return undefined
    throw error
  }
}
