import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { parse, stringify } from 'yaml'
import { mustRun } from '../../cluster/run-command.ts'
import { type Manifest, manifestFaults, type Platform, selects } from './manifest-rules.ts'

// What krew does with a plugin, step by step, from its sources: internal/installation of github.com/kubernetes-sigs/krew. krew
// itself comes as a program or in the repository, not as a module that could be built here.

export interface Krew {
  /** Put into PATH: krew's links. */
  readonly binFolder: string
  install(manifest: string): Promise<void>
  upgrade(manifest: string): Promise<void>
  uninstall(name: string): Promise<void>
}

/**
 * @param root krew's folder, `~/.krew`; made if it is not there
 * @param independent the program that unpacks archives by krew's rules
 * @param platform the one to install for, `linux/amd64`: KREW_OS and KREW_ARCH
 */
export async function startKrew(root: string, independent: string, platform: string): Promise<Krew> {
  const binFolder = join(root, 'bin')
  const receipt = (name: string) => join(root, 'receipts', `${name}.yaml`)
  const versionFolder = (name: string, version: string) => join(root, 'store', name, version)
  for (const folder of ['bin', 'index', 'receipts', 'store']) await mkdir(join(root, folder), { recursive: true })

  const putInPlace = async (manifest: Manifest) => {
    const { name = '' } = manifest.metadata ?? {}
    const { version = '', platforms = [] } = manifest.spec ?? {}
    const candidate = platforms.find(({ selector }) => selects(selector, platform))
    if (candidate === undefined) throw new Error(`plugin "${name}" does not offer installation for this platform`)
    const target = versionFolder(name, version)
    await downloadAndUnpack(candidate, target, independent)
    const program = join(target, candidate.bin ?? '')
    await stat(program)
    const link = linkOf(binFolder, name)
    await removeLink(link)
    await symlink(relative(binFolder, program), link)
  }
  const storeReceipt = (manifest: Manifest) =>
    writeFile(
      receipt(manifest.metadata?.name ?? ''),
      stringify({ ...manifest, status: { source: { name: 'default' } } }),
    )

  return {
    binFolder,
    async install(text) {
      const manifest = readManifest(text)
      if (await exists(receipt(manifest.metadata?.name ?? ''))) {
        throw new Error("can't install, the newest version is already installed")
      }
      await putInPlace(manifest)
      await storeReceipt(manifest)
    },
    async upgrade(text) {
      const manifest = readManifest(text)
      const { name = '' } = manifest.metadata ?? {}
      const installed = parse(await readFile(receipt(name), 'utf8')) as Manifest
      const [before = '', after = ''] = [installed.spec?.version, manifest.spec?.version]
      if (!isNewer(after, before)) throw new Error("can't upgrade, the newest version is already installed")
      await storeReceipt(manifest)
      await putInPlace(manifest)
      await rm(versionFolder(name, before), { recursive: true })
    },
    async uninstall(name) {
      if (!(await exists(receipt(name)))) throw new Error('plugin is not installed')
      await removeLink(linkOf(binFolder, name))
      await rm(dirname(versionFolder(name, 'any')), { recursive: true })
      await unlink(receipt(name))
    },
  }
}

function readManifest(text: string): Manifest {
  const manifest = parse(text) as Manifest
  const faults = manifestFaults(`${manifest.metadata?.name}.yaml`, text)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return manifest
}

async function downloadAndUnpack({ uri = '', sha256 = '' }: Platform, target: string, independent: string) {
  const staging = await mkdtemp(join(tmpdir(), 'krew-downloads'))
  try {
    const response = await fetch(uri)
    if (!response.ok) throw new Error(`failed to obtain plugin archive: ${response.status}`)
    const archive = join(staging, 'download')
    const unpacked = join(staging, 'unpacked')
    await writeFile(archive, Buffer.from(await response.arrayBuffer()))
    await mkdir(unpacked)
    await mustRun(independent, ['krew-unpack', '--archive', archive, '--sha256', sha256, '--to', unpacked])
    await mkdir(target, { recursive: true })
    // Without `files` in the manifest: everything, `from: "*"` and `to: "."`.
    for (const file of await readdir(unpacked)) await rename(join(unpacked, file), join(target, file))
  } finally {
    await rm(staging, { recursive: true })
  }
}

/** The only name that krew gives a plugin in PATH. */
function linkOf(binFolder: string, name: string): string {
  return join(binFolder, `kubectl-${name.replaceAll('-', '_')}`)
}

async function removeLink(path: string): Promise<void> {
  if (!(await exists(path))) return
  if (!(await lstat(path)).isSymbolicLink()) throw new Error(`file "${path}" is not a symlink`)
  await unlink(path)
}

function isNewer(after: string, before: string): boolean {
  const numbers = (version: string) => version.replace(/^v/, '').split('.').map(Number)
  const [a, b] = [numbers(after), numbers(before)]
  const differing = a.findIndex((number, index) => number !== b[index])
  return differing >= 0 && (a[differing] ?? 0) > (b[differing] ?? 0)
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
