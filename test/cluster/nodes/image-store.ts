import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { type BinaryPaths, binaryPath } from '../binaries/obtain-binaries.ts'
import { type BinaryName, cacheRoot } from '../binaries/pinned-binaries.ts'
import { exclusively } from '../exclusive.ts'
import { findProgram } from '../executables.ts'
import type { Report } from '../progress.ts'
import { prometheusImage } from '../prometheus/prometheus-pod.ts'
import { mustRun, runCommand } from '../run-command.ts'
import { ciliumImages } from './cilium-images.ts'
import { coreDnsImage } from './core-dns.ts'
import { accounts, type ImageDefinition, imageDefinitions } from './image-definitions.ts'
import { metricsServerImage } from './metrics-server.ts'

/** Images that are built together: what any real node may pull, the DNS server's, metrics-server's, Prometheus', and those of Cilium, which not every machine can build. */
export type ImageSet = 'images' | 'dns-images' | 'metrics-images' | 'prometheus-images' | 'cilium-images'

export function definitionsOf(set: ImageSet): readonly ImageDefinition[] {
  switch (set) {
    case 'images':
      return imageDefinitions
    case 'dns-images':
      return [coreDnsImage()]
    case 'metrics-images':
      return [metricsServerImage()]
    case 'prometheus-images':
      return [prometheusImage()]
    case 'cilium-images':
      return ciliumImages()
  }
}

/**
 * The images of the rig's registry, in the cache: `blobs/<sha256 hex>` and `references.json`, which maps a full reference to
 * its manifest's digest. The folder's name changes with the definitions, so that changed ones are built anew.
 */
export function imageStoreFolder(set: ImageSet): string {
  const definitions = createHash('sha256')
    .update(JSON.stringify(definitionsOf(set)))
    .digest('hex')
    .slice(0, 10)
  return join(cacheRoot(), `${set}-${definitions}`)
}

export type ImageReferences = Readonly<Record<string, string>>

/** Builds the images of a set unless they are there. */
export async function ensureImages(set: ImageSet, binaries: BinaryPaths, report: Report): Promise<void> {
  const folder = imageStoreFolder(set)
  if (existsSync(folder)) return
  await exclusively(set, async () => {
    if (existsSync(folder)) return
    report(`Building the images of the test cluster's registry into ${folder}`)
    await mkdir(cacheRoot(), { recursive: true })
    const unfinished = await mkdtemp(`${folder}.`)
    try {
      await mkdir(join(unfinished, 'blobs'))
      const references: Record<string, string> = {}
      for (const definition of definitionsOf(set)) {
        const digest = await buildImage(definition, binaries, unfinished)
        for (const reference of definition.references) references[reference] = digest
      }
      await writeFile(join(unfinished, 'references.json'), JSON.stringify(references, undefined, 2))
      await rename(unfinished, folder)
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  })
}

/** Builds an image of one layer (OCI image specification 1.0) and gives its manifest's digest. */
async function buildImage(definition: ImageDefinition, binaries: BinaryPaths, store: string): Promise<string> {
  const root = join(store, 'root')
  await mkdir(join(root, 'tmp'), { recursive: true })
  await chmod(join(root, 'tmp'), 0o1777)
  for (const [program, target] of Object.entries(definition.programs))
    await copyProgram(program, join(root, target), root)
  for (const [binary, target] of Object.entries(definition.binaries ?? {}) as [BinaryName, string][])
    await copyExecutable(binaryPath(binaries, binary), join(root, target))
  for (const { file, from, to } of definition.replacements ?? []) await replaceText(join(root, file), from, to)
  for (const [source, target] of Object.entries(definition.trees ?? {})) {
    await mkdir(dirname(join(root, target)), { recursive: true })
    await mustRun('cp', ['--recursive', source, join(root, target)])
  }
  if (definition.busybox) await installBusybox(root)
  for (const file of definition.copies ?? []) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await copyFile(file, join(root, file))
  }
  for (const folder of definition.folders ?? []) await mkdir(join(root, folder), { recursive: true })
  for (const [path, text] of Object.entries(definition.files ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  for (const [path, target] of Object.entries(definition.links ?? {})) await symlink(target, join(root, path))
  const layerFile = join(store, 'layer.tar')
  // The same files give the same bytes, and so the same digest.
  const order = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  await mustRun('tar', [...order, '-C', root, '-cf', layerFile, '.'])
  const layer = await putBlob(store, await readFile(layerFile))
  await rm(layerFile)
  await rm(root, { recursive: true })
  const config = await putBlob(store, JSON.stringify(imageConfig(definition, layer.digest)))
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
  }
  return (await putBlob(store, JSON.stringify(manifest))).digest
}

function imageConfig(definition: ImageDefinition, layerDigest: string) {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(definition.environment ?? [])],
      ...(definition.entrypoint === undefined ? {} : { Entrypoint: definition.entrypoint }),
      ...(definition.command === undefined ? {} : { Cmd: definition.command }),
      ...(definition.user === undefined ? {} : { User: definition.user }),
    },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
  }
}

async function putBlob(store: string, content: Buffer | string): Promise<{ digest: string; size: number }> {
  const hex = createHash('sha256').update(content).digest('hex')
  await writeFile(join(store, 'blobs', hex), content)
  return { digest: `sha256:${hex}`, size: Buffer.byteLength(content) }
}

/** Copies a program, and the shared libraries that it needs to where the dynamic loader finds them. */
async function copyProgram(name: string, target: string, root: string): Promise<void> {
  const source = await findProgram(name)
  if (source === undefined) throw new PerfError(`${name} is needed for an image, but is not on PATH`)
  await copyExecutable(source, target)
  const { stdout } = await runCommand('ldd', [source], { env: process.env, timeoutMs: 10_000 })
  for (const [, library] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    if (library !== undefined) await copyExecutable(library, join(root, library))
  }
}

async function copyExecutable(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await copyFile(source, target)
  await chmod(target, 0o755)
}

/** Replaces a text in a program by one of the same length, so that nothing in it moves. */
async function replaceText(file: string, from: string, to: string): Promise<void> {
  if (from.length !== to.length) throw new Error(`${from} and ${to} are not of the same length`)
  const content = await readFile(file)
  let position = content.indexOf(from)
  if (position < 0) throw new PerfError(`${file} has no ${from} in it`)
  for (; position >= 0; position = content.indexOf(from, position + to.length)) content.write(to, position)
  await writeFile(file, content)
}

async function installBusybox(root: string): Promise<void> {
  await copyProgram('busybox', join(root, 'bin/busybox'), root)
  const applets = await mustRun(join(root, 'bin/busybox'), ['--list'])
  for (const applet of applets.trim().split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet))
  }
  await mkdir(join(root, 'etc'), { recursive: true })
  await writeFile(join(root, 'etc/passwd'), accounts.passwd)
  await writeFile(join(root, 'etc/group'), accounts.group)
}
