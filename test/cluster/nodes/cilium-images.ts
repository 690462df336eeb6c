import { existsSync } from 'node:fs'
import { ciliumFile } from '../binaries/cilium-files.ts'
import { pinnedVersion } from '../binaries/pinned-binaries.ts'
import { baseFiles, baseLinks, basePrograms, type ImageDefinition, programsIn } from './image-definitions.ts'

/** How Debian calls this architecture in the paths of its libraries. */
const libraryFolder = `/usr/lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu`

const iptables = ['iptables', 'ip6tables'].flatMap((name) =>
  ['', '-nft'].flatMap((kind) => ['', '-save', '-restore'].map((verb) => `/usr/sbin/${name}${kind}${verb}`)),
)

/** Cilium's compiler of its datapath; later versions of clang warn of that code, which is an error to the agent. */
export const datapathCompiler = 'clang-16'

/** The agent and the operator of Cilium under the names that its chart has for them. */
export function ciliumImages(): ImageDefinition[] {
  const version = pinnedVersion('cilium')
  return [
    {
      references: [`quay.io/cilium/cilium:${version}`],
      programs: {
        ...basePrograms,
        ...programsIn('/usr/bin', 'basename dirname mount umount ip ss ps'),
        ...programsIn('/usr/sbin', 'bpftool tc ipset xtables-nft-multi'),
        [datapathCompiler]: '/usr/bin/clang',
      },
      busybox: false,
      binaries: {
        'cilium-agent': '/usr/bin/cilium-agent',
        'cilium-dbg': '/usr/bin/cilium-dbg',
        'cilium-cni': '/opt/cni/bin/cilium-cni',
      },
      ...withoutModules(),
      trees: {
        [ciliumFile('bpf')]: '/var/lib/cilium/bpf',
        [ciliumFile('init-container.sh')]: '/init-container.sh',
        [ciliumFile('install-plugin.sh')]: '/install-plugin.sh',
        [ciliumFile('cni-uninstall.sh')]: '/cni-uninstall.sh',
        [`${libraryFolder}/xtables`]: `${libraryFolder}/xtables`,
      },
      folders: ['/run'],
      links: {
        ...baseLinks,
        // The agent's run directory is mounted at the one and looked for at the other.
        '/var/run': '../run',
        '/sbin': 'usr/sbin',
        '/usr/bin/cilium': 'cilium-dbg',
        ...Object.fromEntries(iptables.map((path) => [path, 'xtables-nft-multi'])),
      },
      command: ['/usr/bin/cilium-dbg'],
    },
    {
      references: [`quay.io/cilium/operator-generic:${version}`],
      programs: {},
      busybox: false,
      binaries: { 'cilium-operator': '/usr/bin/cilium-operator-generic' },
      command: ['/usr/bin/cilium-operator-generic'],
    },
  ]
}

/**
 * The agent ends at once when it cannot read which kernel modules are loaded. A kernel that knows no modules has no such file:
 * there the agent reads an empty one of the image.
 */
function withoutModules(): Pick<ImageDefinition, 'replacements' | 'files'> {
  if (existsSync('/proc/modules')) return { files: baseFiles }
  return {
    replacements: [{ file: '/usr/bin/cilium-agent', from: '/proc/modules', to: '/etc/pmodules' }],
    files: { ...baseFiles, '/etc/pmodules': '' },
  }
}
