import { parse } from 'yaml'
import type { Cidr } from '../ipam/cidr.ts'
import { parseCidr } from '../ipam/cidr.ts'
import { type KubeletSettings, kubeletSettings } from './kubelet-settings.ts'

/** What ConfigMaps of kube-system say of the cluster; absent: the ConfigMap is not there. */
export interface ClusterConfig {
  /** What kubeadm gives to nodes that join (kubelet-config). */
  kubeletDefaults?: KubeletSettings
  /** Of kubeadm-config. */
  podSubnets?: readonly Cidr[]
  /** --node-cidr-mask-size of the controller manager, in kubeadm-config. */
  nodeMaskSize?: number
  cilium?: CiliumConfig
}

/** Of cilium-config. */
export interface CiliumConfig {
  /** kubernetes, cluster-pool, multi-pool, eni, azure, alibabacloud, delegated-plugin, crd. */
  ipam: string
  maskSize?: number
  prefixDelegation: boolean
}

type Data = Readonly<Record<string, string>>

/** @returns undefined where the ConfigMap holds no KubeletConfiguration */
export function readKubeletConfig(data: Data): KubeletSettings | undefined {
  return kubeletSettings(parseYaml(data.kubelet))
}

/** The pod subnets of a kubeadm cluster, and the size of the block that each node gets. */
export function readKubeadmConfig(data: Data): Pick<ClusterConfig, 'podSubnets' | 'nodeMaskSize'> {
  const config = parseYaml(data.ClusterConfiguration) as {
    networking?: { podSubnet?: unknown }
    controllerManager?: { extraArgs?: unknown }
  } | null
  const { podSubnet } = config?.networking ?? {}
  const subnets = (typeof podSubnet === 'string' ? podSubnet : '')
    .split(',')
    .flatMap((text) => parseCidr(text.trim()) ?? [])
  const mask = Number(
    extraArgument(config?.controllerManager?.extraArgs, ['node-cidr-mask-size', 'node-cidr-mask-size-ipv4']),
  )
  return {
    ...(subnets.length === 0 ? {} : { podSubnets: subnets }),
    ...(Number.isInteger(mask) && mask > 0 ? { nodeMaskSize: mask } : {}),
  }
}

/** Of the ConfigMap cilium-config. */
export function readCiliumConfig(data: Data): CiliumConfig {
  const mask = Number(data['cluster-pool-ipv4-mask-size'])
  return {
    ipam: data.ipam ?? 'cluster-pool',
    ...(Number.isInteger(mask) && mask > 0 ? { maskSize: mask } : {}),
    prefixDelegation: data['aws-enable-prefix-delegation'] === 'true',
  }
}

/** A map before kubeadm's v1beta4, a list of names and values since. */
function extraArgument(extraArgs: unknown, names: readonly string[]): unknown {
  if (Array.isArray(extraArgs)) {
    return extraArgs.find((argument: { name?: unknown }) => names.includes(String(argument?.name)))?.value
  }
  if (typeof extraArgs !== 'object' || extraArgs === null) return undefined
  return Object.entries(extraArgs).find(([name]) => names.includes(name))?.[1]
}

// People edit these ConfigMaps: one that cannot be read is as good as none.
function parseYaml(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (parse(text) as unknown)
  } catch {
    return undefined
  }
}
