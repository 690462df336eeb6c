import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What is built together: `control-plane` is enough for fake nodes; `nodes` adds what a real node runs, and what its images are
 * made of; `dns` the DNS server of a cluster with real nodes, `metrics` what answers for metrics.k8s.io; `cilium` what the image of Cilium's agent and its chart need; the
 * operator of Cilium can run without nodes.
 */
export type Tier = 'control-plane' | 'nodes' | 'dns' | 'metrics' | 'cilium-operator' | 'cilium'

export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'kubectl'
  | 'kubelet'
  | 'kube-proxy'
  | 'fortio'
  | 'coredns'
  | 'metrics-server'
  | 'cilium-operator'
  | 'cilium-agent'
  | 'cilium-dbg'
  | 'cilium-cni'
  | 'helm'

/** A family is one Go module with an own go.mod, since their dependencies' versions clash. */
export type Family = 'etcd' | 'kubernetes' | 'kwok' | 'fortio' | 'coredns' | 'metrics-server' | 'cilium' | 'helm'

export interface PinnedBinary {
  readonly name: BinaryName
  readonly family: Family
  /** As Go writes it, with the v: `v1.34.4`. */
  readonly version: string
  readonly tier: Tier
  /** The main package that `go build` takes. */
  readonly package: string
  /** Go's build tags, if any. */
  readonly tags?: string
}

const modules: Readonly<Record<Family, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  kubernetes: 'k8s.io/kubernetes',
  kwok: 'sigs.k8s.io/kwok',
  fortio: 'fortio.org/fortio',
  coredns: 'github.com/coredns/coredns',
  'metrics-server': 'sigs.k8s.io/metrics-server',
  cilium: 'github.com/cilium/cilium',
  helm: 'helm.sh/helm/v3',
}

/** The folder of a family's go.mod, which is where `go` has to run. */
export function moduleFolder(family: Family): string {
  return fileURLToPath(new URL(`../gomod/${family}`, import.meta.url))
}

export function modulePath(family: Family): string {
  return modules[family]
}

/** The pinned version of a family, read from its go.mod: the one place where it is written. */
export function pinnedVersion(family: Family): string {
  const goMod = readFileSync(join(moduleFolder(family), 'go.mod'), 'utf8')
  const line = goMod.split('\n').find((text) => text.trim().startsWith(`${modules[family]} v`))
  const version = line?.trim().split(' ')[1]
  if (version === undefined) throw new Error(`test/cluster/gomod/${family}/go.mod does not require ${modules[family]}`)
  return version
}

/** The binaries of the given tiers, in the order in which they are built. */
export function pinnedBinaries(tiers: readonly Tier[]): PinnedBinary[] {
  const kubernetes = (name: BinaryName, tier: Tier) => pin(name, 'kubernetes', tier, `k8s.io/kubernetes/cmd/${name}`)
  return [
    pin('etcd', 'etcd', 'control-plane', modules.etcd),
    kubernetes('kube-apiserver', 'control-plane'),
    kubernetes('kube-controller-manager', 'control-plane'),
    kubernetes('kube-scheduler', 'control-plane'),
    kubernetes('kubectl', 'control-plane'),
    pin('kwok', 'kwok', 'control-plane', 'sigs.k8s.io/kwok/cmd/kwok'),
    kubernetes('kubelet', 'nodes'),
    kubernetes('kube-proxy', 'nodes'),
    pin('fortio', 'fortio', 'nodes', modules.fortio),
    pin('coredns', 'coredns', 'dns', modules.coredns),
    pin('metrics-server', 'metrics-server', 'metrics', `${modules['metrics-server']}/cmd/metrics-server`),
    // Of the clouds' ways to give addresses to pods, none.
    {
      ...pin('cilium-operator', 'cilium', 'cilium-operator', `${modules.cilium}/operator`),
      tags: 'ipam_provider_operator',
    },
    pin('cilium-agent', 'cilium', 'cilium', `${modules.cilium}/daemon`),
    pin('cilium-dbg', 'cilium', 'cilium', `${modules.cilium}/cilium-dbg`),
    pin('cilium-cni', 'cilium', 'cilium', `${modules.cilium}/plugins/cilium-cni`),
    pin('helm', 'helm', 'cilium', `${modules.helm}/cmd/helm`),
  ].filter((binary) => tiers.includes(binary.tier))
}

function pin(name: BinaryName, family: Family, tier: Tier, mainPackage: string): PinnedBinary {
  return { name, family, tier, package: mainPackage, version: pinnedVersion(family) }
}

/** Go's name of this machine: `linux-amd64`. */
export function goPlatform(): string {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
}

/** Everything that is kept between clones of the project; may be removed at any time. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubectl-perf')
}

/** Where the binaries of a family lie: `~/.cache/kubectl-perf/etcd-v3.6.8-linux-amd64`. */
export function cacheFolder(family: Family): string {
  return join(cacheRoot(), `${family}-${pinnedVersion(family)}-${goPlatform()}`)
}
