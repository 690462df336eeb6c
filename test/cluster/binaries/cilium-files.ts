import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { exclusively } from '../exclusive.ts'
import { mustRun } from '../run-command.ts'
import { moduleSource } from './module-source.ts'
import { cacheFolder } from './pinned-binaries.ts'

/** What Cilium's images and installation are made of beside its programs: paths in its module. */
const files = {
  chart: 'install/kubernetes/cilium',
  bpf: 'bpf',
  'init-container.sh': 'images/cilium/init-container.sh',
  'install-plugin.sh': 'plugins/cilium-cni/install-plugin.sh',
  'cni-uninstall.sh': 'plugins/cilium-cni/cni-uninstall.sh',
} as const

/** Where one of them lies, beside Cilium's programs: `chart` is its Helm chart, `bpf` the source of its datapath. */
export function ciliumFile(name: keyof typeof files): string {
  return join(folder(), name)
}

function folder(): string {
  return join(cacheFolder('cilium'), 'files')
}

/** Copies them out of Cilium's Go module (which is downloaded if need be), unless they are there already. */
export async function ensureCiliumFiles(): Promise<void> {
  if (existsSync(folder())) return
  await exclusively('cilium-files', copyFiles)
}

async function copyFiles(): Promise<void> {
  // Another run may have copied them while this one waited for the lock.
  if (existsSync(folder())) return
  const source = await moduleSource('cilium')
  await mkdir(cacheFolder('cilium'), { recursive: true })
  const unfinished = await mkdtemp(`${folder()}.`)
  try {
    await chmod(unfinished, 0o755)
    for (const [name, path] of Object.entries(files)) {
      const target = join(unfinished, name)
      // Go's own copy must not be written to, and its files' modes say so.
      await mustRun('cp', ['--recursive', '--no-preserve=mode', join(source, path), target])
      if (basename(path).endsWith('.sh')) await chmod(target, 0o755)
    }
    await rename(unfinished, folder())
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
