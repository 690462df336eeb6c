import { join } from 'node:path'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { installPackages } from '../debian-packages.ts'
import { findProgram, isExecutable } from '../executables.ts'
import type { Report } from '../progress.ts'
import { datapathCompiler } from './cilium-images.ts'

/** What real nodes and their images are made of: a program, and the Debian package that has it. */
const programs: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  nft: 'nftables',
  conntrack: 'conntrack',
  ipset: 'ipset',
  ethtool: 'ethtool',
  socat: 'socat',
  ip: 'iproute2',
  tc: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  tar: 'tar',
  busybox: 'busybox-static',
  catatonit: 'catatonit',
  iperf3: 'iperf3',
  iperf: 'iperf',
  siege: 'siege',
  bash: 'bash',
  mawk: 'mawk',
}
/** What the image of Cilium's agent is made of beside these. */
const ciliumPrograms: Readonly<Record<string, string>> = {
  [datapathCompiler]: 'clang-16',
  bpftool: 'bpftool',
  ps: 'procps',
  mount: 'mount',
}
const cniPlugins = ['bridge', 'host-local', 'portmap', 'bandwidth', 'loopback']
const cniPackage = 'containernetworking-plugins'
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin']

/** Where the CNI plugins lie, or undefined when some are missing. */
export async function findCniFolder(): Promise<string | undefined> {
  for (const folder of cniFolders) {
    const found = await Promise.all(cniPlugins.map((plugin) => isExecutable(join(folder, plugin))))
    if (found.every(Boolean)) return folder
  }
  return undefined
}

async function missingPackages(cilium: boolean): Promise<string[]> {
  const missing = new Set<string>()
  for (const [program, name] of Object.entries(cilium ? { ...programs, ...ciliumPrograms } : programs)) {
    if ((await findProgram(program)) === undefined) missing.add(name)
  }
  if ((await findCniFolder()) === undefined) missing.add(cniPackage)
  return [...missing]
}

/**
 * Makes sure that a real node, with Cilium or not, can run on this machine: root, and the programs of a node. Missing ones are installed with apt-get;
 * a program that comes from elsewhere (Docker's containerd) is taken as it is.
 */
export async function ensureRequiredPackages(cilium: boolean, report: Report): Promise<void> {
  const packages = await missingPackages(cilium)
  if (process.getuid?.() !== 0) {
    throw new PerfError('Real nodes need root: they are made of namespaces, mounts and cgroups', {
      advice: ['Run the same command as root: sudo -E env "PATH=$PATH" npm test'],
    })
  }
  if (packages.length === 0) return
  await installPackages('Real nodes need', packages, report)
  const stillMissing = await missingPackages(cilium)
  if (stillMissing.length > 0)
    throw new PerfError(`After apt-get install, programs are still missing: ${stillMissing.join(', ')}`)
}
