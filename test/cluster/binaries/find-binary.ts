import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { isExecutable } from '../executables.ts'
import { type BinaryName, cacheFolder, type PinnedBinary } from './pinned-binaries.ts'

const execute = promisify(execFile)

/** How a program is asked for its version, where that is not `--version`. */
const versionArgs: Partial<Record<BinaryName, readonly string[]>> = {
  kubectl: ['version', '--client'],
  fortio: ['version'],
  coredns: ['-version'],
  'cilium-dbg': ['version'],
  helm: ['version', '--template', '{{.Version}}'],
}

/**
 * The path of a binary of exactly the pinned version, or undefined: from `KUBEBUILDER_ASSETS`, from the cache (whose folder
 * carries the version in its name), or from PATH.
 */
export async function findBinary(binary: PinnedBinary): Promise<string | undefined> {
  const assets = process.env.KUBEBUILDER_ASSETS
  if (assets) {
    const candidate = join(assets, binary.name)
    if (await isPinnedVersion(binary, candidate)) return candidate
  }
  const cached = join(cacheFolder(binary.family), binary.name)
  if (await isExecutable(cached)) return cached
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, binary.name)
    if (await isPinnedVersion(binary, candidate)) return candidate
  }
  return undefined
}

async function isPinnedVersion(binary: PinnedBinary, path: string): Promise<boolean> {
  if (!(await isExecutable(path))) return false
  try {
    const { stdout } = await execute(path, versionArgs[binary.name] ?? ['--version'], { timeout: 10_000 })
    return hasVersion(stdout, binary.version)
  } catch {
    // What does not answer is another program of the same name.
    return false
  }
}

/** Whether the output of `--version` names exactly this version: `Kubernetes v1.34.4`, `etcd Version: 3.6.8`. */
export function hasVersion(output: string, version: string): boolean {
  const words = output.split(/\s+/)
  return words.includes(version) || words.includes(version.replace(/^v/, ''))
}
