import { engineImages } from '../../../lib/netperf/engines/engine-images.ts'
import { rewriteRegistry } from '../../../lib/workload/images/image-reference.ts'
import { type BinaryName, pinnedVersion } from '../binaries/pinned-binaries.ts'

/** An image of the rig's registry, made from programs of this machine. */
export interface ImageDefinition {
  /** All names under which the registry serves it. */
  readonly references: readonly string[]
  /** Programs by name, each with the path that it has in the image; the shared libraries that they need come with them. */
  readonly programs: Readonly<Record<string, string>>
  /** With every applet of busybox, so that a shell and its commands are there. */
  readonly busybox: boolean
  /** Programs that the rig builds itself, by name, each with its path in the image. */
  readonly binaries?: Partial<Readonly<Record<BinaryName, string>>>
  /** Files of this machine that come to the same path. */
  readonly copies?: readonly string[]
  /** Files and folders of this machine, each with its path in the image. */
  readonly trees?: Readonly<Record<string, string>>
  /** Texts in the image's programs that are replaced by others of the same length. */
  readonly replacements?: readonly { readonly file: string; readonly from: string; readonly to: string }[]
  readonly folders?: readonly string[]
  /** Symbolic links: path to target. */
  readonly links?: Readonly<Record<string, string>>
  /** `NAME=value`. */
  readonly environment?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly user?: string
}

/** What containerd makes a pod's sandbox of; on every node before its first pod, as on any real node. */
export const sandboxImage = 'registry.k8s.io/pause:3.6'

export const schedulerImage = `registry.k8s.io/kube-scheduler:${pinnedVersion('kubernetes')}`

/** The one registry that wants to know who asks: what it serves is pulled only with an image pull secret of this user. */
export const privateRegistry = { host: 'private.example.com', username: 'puller', password: 'let-me-in' }

/** An image under its own name, and as `--image-registry private.example.com` looks for it. */
function copied(...images: readonly string[]): string[] {
  return [...images, ...images.map((image) => rewriteRegistry(image, privateRegistry.host))]
}

/** The accounts of an image with a shell. */
export const accounts = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  group: 'root:x:0:\nnogroup:x:65534:\n',
}

/** GNU's programs as a distribution's base image has them, at `/usr/bin`. */
export const basePrograms = programsIn(
  '/usr/bin',
  'bash cat chmod cp cut date dd df du echo env expr false find grep head hostname id install kill ln ls mawk mkdir mkfifo',
  'mktemp mv nice nl nohup nproc od paste printenv printf pwd readlink realpath rm rmdir sed seq sha256sum shuf sleep sort',
  'split stat stty tac tail tee test timeout touch tr true truncate tty uname uniq wc whoami xargs yes',
)
export const baseLinks = { '/bin': 'usr/bin', '/usr/bin/sh': 'bash', '/usr/bin/awk': 'mawk' }
export const baseFiles = { '/etc/passwd': accounts.passwd, '/etc/group': accounts.group }

export function programsIn(folder: string, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((line) => line.split(' ')).map((name) => [name, `${folder}/${name}`]))
}

export const imageDefinitions: readonly ImageDefinition[] = [
  {
    references: [sandboxImage],
    programs: { catatonit: '/pause' },
    busybox: false,
    entrypoint: ['/pause', '-P'],
    user: '65535:65535',
  },
  {
    // Another layer than the sandbox's, so that a node has to pull it.
    references: copied('registry.k8s.io/pause:3.9', 'registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10.1'),
    programs: { catatonit: '/pause' },
    busybox: false,
    files: { '/etc/os-release': 'ID=pause\n' },
    entrypoint: ['/pause', '-P'],
    user: '65535:65535',
  },
  {
    references: ['docker.io/library/busybox:latest', 'docker.io/library/busybox:1.35'],
    programs: {},
    busybox: true,
    command: ['sh'],
  },
  {
    // Answers on port 80 as nginx does; a web server is all that our users' configurations want of it.
    references: ['docker.io/library/nginx:latest', 'docker.io/library/nginx:alpine'],
    programs: {},
    busybox: true,
    files: { '/usr/share/nginx/html/index.html': '<h1>Welcome to nginx!</h1>\n' },
    command: ['httpd', '-f', '-p', '80', '-h', '/usr/share/nginx/html'],
  },
  {
    references: ['docker.io/networkstatic/iperf3:latest'],
    programs: { iperf3: '/usr/bin/iperf3' },
    busybox: true,
    entrypoint: ['iperf3'],
  },
  {
    // The rig's own scheduler, for tests of one that runs as a pod.
    references: [schedulerImage],
    programs: {},
    busybox: false,
    binaries: { 'kube-scheduler': '/usr/local/bin/kube-scheduler' },
    entrypoint: ['kube-scheduler'],
  },
  {
    // As the Cilium project builds it, but for netperf, which Debian has not got.
    references: copied(engineImages.iperf3.image),
    programs: { ...basePrograms, ...programsIn('/usr/local/bin', 'iperf3') },
    busybox: false,
    files: baseFiles,
    links: baseLinks,
  },
  {
    references: copied(engineImages.fortio.image),
    programs: {},
    busybox: false,
    binaries: { fortio: '/usr/bin/fortio' },
    folders: ['/etc/fortio', '/var/lib/fortio'],
    entrypoint: ['/usr/bin/fortio'],
    command: ['server', '-config-dir', '/etc/fortio'],
  },
  {
    // What build/Dockerfile.netperf makes, again without netperf.
    references: copied(engineImages.iperf2.image),
    programs: { ...basePrograms, ...programsIn('/usr/bin', 'iperf iperf3 siege siege.config ip ss') },
    busybox: false,
    binaries: { fortio: '/usr/local/bin/fortio' },
    copies: ['/etc/siege/siegerc'],
    files: baseFiles,
    links: baseLinks,
    environment: ['HOME=/tmp'],
    user: '65532:65532',
    command: ['sleep', 'infinity'],
  },
]
