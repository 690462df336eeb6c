import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageJson from '../package.json' with { type: 'json' }
import { bundleProgram } from './bundle.ts'
import { makeExecutables } from './executables/make-executables.ts'
import { executableName, hostTarget } from './executables/targets.ts'

// npm run build: dist/kubectl-perf, one executable for this machine. Everything it is made of is in node_modules.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
// Not in dist: kubectl takes every file there named kubectl-… for a plugin as soon as dist is in PATH.
const WORK = join(ROOT, '.cache/build')

const started = performance.now()
const version = `v${packageJson.version}`
const target = hostTarget()
const binary = join(DIST, executableName(target))

const program = await bundleProgram(version)
const [executable] = await makeExecutables(program, version, [target], WORK)
if (executable === undefined) throw new Error('Nothing was built')
const stamp = join(WORK, 'inputs')
if ((await isFile(binary)) && (await readFile(stamp, 'utf8').catch(() => '')) === executable.digest) {
  console.error(`${binary} is up to date (${seconds()})`)
} else {
  await mkdir(DIST, { recursive: true })
  // A binary that is running cannot be written over, but it can be replaced.
  const fresh = `${binary}.${process.pid}`
  try {
    await copyFile(executable.path, fresh)
    await rm(stamp, { force: true })
    await rename(fresh, binary)
  } finally {
    await rm(fresh, { force: true })
  }
  await writeFile(stamp, executable.digest)
  const { size } = await stat(binary)
  console.error(`Built ${binary} ${version} in ${seconds()}: ${(size / 1e6).toFixed(1)} MB`)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function seconds(): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}
