import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { extract } from 'tar'
import packageLock from '../../package-lock.json' with { type: 'json' }
import { nodePlatform, type Target, targets } from './targets.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface LockedPackage {
  readonly version: string
  /** `sha512-` and the digest in base64. */
  readonly integrity: string
}

/** The version of Node in the executables, without `v`: all platforms have the same. */
export function nodeVersion(): string {
  const versions = new Set(targets.map(({ nodePackage }) => lockedPackage(nodePackage).version))
  const [version] = versions
  if (version === undefined || versions.size > 1) {
    throw new Error(`package-lock.json has several versions of Node: ${[...versions].join(', ')}`)
  }
  return version
}

/**
 * The Node binary of a platform. npm has installed that of this machine, and checked it; those of others are fetched with
 * `npm pack` into `cache` once, and checked against package-lock.json.
 */
export async function obtainNodeBinary(target: Target, cache: string): Promise<string> {
  const folder = await obtainNodePackage(target, cache)
  return join(folder, nodePlatform(target) === 'win32' ? 'bin/node.exe' : 'bin/node')
}

/** The licence of Node and of all that is built into it; only the packages for Unix have it. */
export async function obtainNodeLicence(cache: string): Promise<string> {
  const linux = targets.find(({ os }) => os === 'linux')
  if (linux === undefined) throw new Error('No platform has the licence of Node')
  return readFile(join(await obtainNodePackage(linux, cache), 'LICENSE'), 'utf8')
}

async function obtainNodePackage({ nodePackage }: Target, cache: string): Promise<string> {
  const installed = join(ROOT, 'node_modules', nodePackage)
  if (await exists(installed)) return installed
  const { version, integrity } = lockedPackage(nodePackage)
  const folder = join(cache, `${nodePackage}-${version}`)
  if (await exists(folder)) return folder
  const fresh = `${folder}.${process.pid}`
  await mkdir(fresh, { recursive: true })
  try {
    console.error(`Fetching ${nodePackage} ${version} with npm`)
    await promisify(execFile)('npm', ['pack', `${nodePackage}@${version}`, '--silent', '--pack-destination', fresh], {
      cwd: ROOT,
    })
    const archive = join(fresh, `${nodePackage}-${version}.tgz`)
    checkIntegrity(nodePackage, await readFile(archive), integrity)
    await extract({
      file: archive,
      cwd: fresh,
      strip: 1,
      filter: (path) => /^package\/(LICENSE|bin\/node(\.exe)?)$/.test(path),
    })
    await rm(archive)
    await rename(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

/** @throws Error when the content is not what package-lock.json says */
export function checkIntegrity(name: string, content: Uint8Array, integrity: string): void {
  const actual = `sha512-${createHash('sha512').update(content).digest('base64')}`
  if (actual !== integrity) {
    throw new Error(`npm gave another ${name} than package-lock.json has: ${actual} instead of ${integrity}`)
  }
}

function lockedPackage(name: string): LockedPackage {
  const packages: Readonly<Record<string, Partial<LockedPackage>>> = packageLock.packages
  const { version, integrity } = packages[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json does not have ${name}`)
  return { version, integrity }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
