import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { bundleLauncher, type Program } from '../bundle.ts'
import type { SeaTarget } from '../sea.ts'
import { nodeVersion, obtainNodeBinary } from './node-binary.ts'
import { removeAuthenticode } from './remove-authenticode.ts'
import { signMachO } from './sign-mach-o.ts'
import { stripSymbols } from './strip-symbols.ts'
import { executableName, nodeArch, type Target, targetName } from './targets.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const SEA_SCRIPT = fileURLToPath(new URL('../sea.ts', import.meta.url))
const IDENTIFIER = 'kubectl-perf'

export interface Executable {
  readonly target: Target
  readonly path: string
  /** Changes whenever anything in the executable would. */
  readonly digest: string
}

/**
 * Makes the executables of the given platforms, all of them on this machine: Node's binary with the program put in. One whose
 * parts are what they were is left as it is.
 * @param version of the program, with `v`
 * @param work for what they are made of; its path is in them
 * @param output where they come
 */
export async function makeExecutables(
  program: Program,
  version: string,
  targets: readonly Target[],
  work: string,
  output: string = join(work, 'executables'),
): Promise<readonly Executable[]> {
  if (process.version !== `v${nodeVersion()}`) {
    throw new Error(`The build needs Node v${nodeVersion()}, not ${process.version}: start it with npm run`)
  }
  const digest = await digestOfParts(program, version)
  const executables = targets.map((target) => ({
    target,
    path: join(output, targetName(target), executableName(target)),
    digest,
  }))
  const stale = []
  for (const executable of executables) if (!(await isFresh(executable))) stale.push(executable)
  if (stale.length === 0) return executables

  console.error(`Building ${stale.map(({ target }) => targetName(target)).join(', ')} with Node ${process.version}`)
  const script = join(work, 'kubectl-perf.cjs')
  await mkdir(work, { recursive: true })
  await writeFile(script, await bundleLauncher(program, version))
  await seedNodeCache(
    stale.map(({ target }) => target),
    work,
  )
  await putIn(script, stale, work)
  return executables
}

async function putIn(script: string, executables: readonly Executable[], work: string): Promise<void> {
  const pending = executables.map(({ path }) => `${path}.${process.pid}`)
  try {
    for (const { path } of executables) await mkdir(dirname(path), { recursive: true })
    const seaTargets = executables.map(
      ({ target }, index): SeaTarget => ({
        platform: pkgPlatform(target),
        arch: nodeArch(target),
        output: pending[index] ?? '',
      }),
    )
    await promisify(execFile)(process.execPath, [SEA_SCRIPT, script, JSON.stringify(seaTargets)], {
      env: { ...process.env, HOME: work, USERPROFILE: work },
      maxBuffer: 2 ** 24,
    })
    for (const [index, { target, path, digest }] of executables.entries()) {
      const fresh = pending[index] ?? ''
      if (target.os === 'darwin') await writeFile(fresh, signMachO(await readFile(fresh), IDENTIFIER))
      await chmod(fresh, 0o755)
      await rm(stampOf(path), { force: true })
      await rename(fresh, path)
      await writeFile(stampOf(path), digest)
    }
  } finally {
    for (const fresh of pending) await rm(fresh, { force: true })
  }
}

/**
 * Puts Node's binaries where pkg keeps its downloads; the empty `.ok` files say that an archive was downloaded, checked and
 * unpacked. So pkg needs no network.
 */
async function seedNodeCache(targets: readonly Target[], work: string): Promise<void> {
  const cache = join(work, '.pkg-cache/sea')
  for (const target of targets) {
    const windows = target.os === 'windows'
    const name = `node-v${nodeVersion()}-${windows ? 'win' : target.os}-${nodeArch(target)}`
    const archive = join(cache, windows ? `${name}.zip` : `${name}.tar.gz`)
    const node = windows ? join(cache, `${name}.exe`) : join(cache, name, 'bin/node')
    await mkdir(dirname(node), { recursive: true })
    const fresh = `${node}.${process.pid}`
    await copyFile(await obtainNodeBinary(target, join(work, 'node')), fresh)
    await chmod(fresh, 0o755)
    if (target.os === 'linux') await stripSymbols(fresh, target)
    if (windows) await writeFile(fresh, removeAuthenticode(await readFile(fresh)))
    await rename(fresh, node)
    for (const file of [archive, `${archive}.ok`, `${node}.ok`]) await writeFile(file, '')
  }
}

/** Of all that decides what an executable is: the program, Node, and the code of this folder. */
async function digestOfParts(program: Program, version: string): Promise<string> {
  const hash = createHash('sha256').update(
    [program.digest, version, process.version, packageJson.devDependencies['@yao-pkg/pkg']].join(' '),
  )
  const files = (await readdir(HERE)).sort().map((file) => join(HERE, file))
  for (const file of [...files, SEA_SCRIPT]) hash.update(await readFile(file))
  return hash.digest('hex')
}

async function isFresh({ path, digest }: Executable): Promise<boolean> {
  const stamp = await readFile(stampOf(path), 'utf8').catch(() => '')
  return (
    stamp === digest &&
    (await stat(path).then(
      () => true,
      () => false,
    ))
  )
}

function stampOf(path: string): string {
  return `${path}.inputs`
}

function pkgPlatform({ os }: Target): SeaTarget['platform'] {
  return ({ linux: 'linux', darwin: 'macos', windows: 'win' } as const)[os]
}
