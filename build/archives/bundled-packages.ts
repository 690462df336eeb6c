import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Metafile } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An npm package of which something is in the executables. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** By its SPDX identifier. */
  readonly licence: string
  readonly description: string
  readonly homepage?: string
  /** The licence in full, and the notices that come with it. */
  readonly licenceText: string
}

/**
 * The packages that are in a bundle, by name: those with at least one byte in it, which is fewer than are installed.
 * @param metafiles of all stages of the bundle
 * @throws Error when a package does not say its licence, or does not have it in full
 */
export async function bundledPackages(metafiles: readonly Metafile[]): Promise<readonly BundledPackage[]> {
  const folders = new Set<string>()
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = packageFolder(file)
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder)
      }
    }
  }
  const packages = await Promise.all([...folders].map((folder) => readPackage(join(ROOT, folder))))
  return packages.sort((a, b) => compareText(`${a.name}@${a.version}`, `${b.name}@${b.version}`))
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` is of the package in `node_modules/a/node_modules/@b/c`. */
export function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]
}

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly description?: string
  readonly homepage?: string
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license, description, homepage } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as PackageJson
  if (typeof license !== 'string') throw new Error(`${name} ${version} does not say its licence`)
  return {
    name,
    version,
    licence: license,
    description: description ?? '',
    ...(homepage === undefined ? {} : { homepage }),
    licenceText: await readLicence(folder, `${name} ${version}`),
  }
}

async function readLicence(folder: string, name: string): Promise<string> {
  const files = (await readdir(folder)).sort()
  const licences = files.filter((file) => /^(licen[cs]e|copying)/i.test(file))
  if (licences.length === 0) throw new Error(`${name} comes without its licence`)
  const notices = files.filter((file) => /^notice/i.test(file))
  const texts = await Promise.all([...licences, ...notices].map((file) => readFile(join(folder, file), 'utf8')))
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n')
}

// Not by locale: the order must be the same on every machine.
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
