import { mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { archiveName } from '../../../build/archives/archive-name.ts'
import { hostTarget, targetName, targets } from '../../../build/executables/targets.ts'
import { pluginName, renderPluginManifest } from '../../../build/krew/plugin-manifest.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { mustRun, runCommand } from '../../cluster/run-command.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { buildIndependent } from '../../independent/build-independent.ts'
import { readChecksums, releaseFolder, serveRelease } from '../release-files.ts'
import { type Krew, startKrew } from './krew.ts'

// From the archive that was built to a measurement, as a person who has krew does it, in a home that has nothing else.

const version = `v${packageJson.version}`
const newer = 'v99.0.0'
const { os, arch } = hostTarget()

let cluster: ControlPlane
let independent = ''
let checksums: ReadonlyMap<string, string>
let release: Awaited<ReturnType<typeof serveRelease>>
let home = ''
let krew: Krew

beforeAll(async () => {
  checksums = await readChecksums()
  cluster = await sharedCluster()
  independent = await buildIndependent()
  release = await serveRelease()
  home = await mkdtemp(join(tmpdir(), 'krew-home-'))
  krew = await startKrew(join(home, '.krew'), independent, `${os}/${arch}`)
})
afterAll(async () => {
  await release[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

const manifest = (tag: string, sum = (file: string) => checksums.get(file) ?? '') =>
  renderPluginManifest({
    name: pluginName,
    version: tag,
    homepage: 'https://github.com/example/kubectl-perf',
    archive: (file) => `uri: ${release.url}/${file}\nsha256: ${sum(file)}`,
  })

const inHome = (command: string, args: readonly string[]) =>
  runCommand(command, args, {
    env: {
      ...cluster.environment,
      HOME: home,
      PATH: [krew.binFolder, dirname(cluster.kubectlPath), '/usr/bin', '/bin'].join(':'),
      SHELL: '/bin/bash',
    },
    timeoutMs: 120_000,
  })
const kubectl = (...args: string[]) => inHome('kubectl', args)
const everything = async () => (await readdir(home, { recursive: true })).sort()

test('installed, used with completion, upgraded and removed without a trace', async () => {
  const before = await everything()
  await krew.install(await manifest(version))
  await expect(krew.install(await manifest(version))).rejects.toThrow('already installed')

  expect(await readdir(krew.binFolder)).toEqual([`kubectl-${pluginName}`])
  const store = join(home, '.krew/store', pluginName)
  expect((await readdir(join(store, version))).sort()).toEqual([
    'LICENSE',
    'THIRD-PARTY-NOTICES',
    'kubectl-perf',
    'kubectl_complete-perf',
  ])
  const link = join(krew.binFolder, `kubectl-${pluginName}`)
  expect(await readlink(link)).toBe(`../store/${pluginName}/${version}/kubectl-perf`)

  const listed = await kubectl('plugin', 'list')
  expect(listed.stdout).toContain(link)
  expect(listed.stderr).toBe('')
  const help = await kubectl('perf', '--help')
  expect(help).toMatchObject({ exitCode: 0, stderr: '' })
  expect(help.stdout).toContain('kubectl perf density')
  expect(await kubectl('perf', '--version')).toEqual({ exitCode: 0, stderr: '', stdout: `kubectl-perf ${version}\n` })

  const density = await kubectl('perf', 'density', '--iterations', '3', '-o', 'json')
  expect(density).toMatchObject({ exitCode: 0 })
  const record = JSON.parse(density.stdout) as { outcome: string; metrics: { name: string; statistics: object }[] }
  expect(record.outcome).toBe('passed')
  expect(record.metrics.find(({ name }) => name === 'pods_measured')?.statistics).toEqual({ value: 3 })

  // Only with the user's leave is there a second name in PATH, for kubectl to ask.
  expect((await kubectl('__complete', 'perf', 'den')).stdout).not.toContain('density')
  expect(await kubectl('perf', 'completion', 'install', '--yes')).toMatchObject({ exitCode: 0 })
  expect((await kubectl('__complete', 'perf', 'den')).stdout).toMatch(/^density\t.*\n:\d+\n/)
  expect((await kubectl('__complete', 'perf', 'density', '--workload', 'api')).stdout).toMatch(/^api-load/)
  expect(await kubectl('perf', 'completion', 'uninstall', '--yes')).toMatchObject({ exitCode: 0 })
  expect(await readdir(krew.binFolder)).toEqual([`kubectl-${pluginName}`])

  await expect(krew.upgrade(await manifest(version))).rejects.toThrow('already installed')
  await krew.upgrade(await manifest(newer))
  expect(await readdir(store)).toEqual([newer])
  expect(await kubectl('perf', '--version')).toMatchObject({ exitCode: 0 })

  await krew.uninstall(pluginName)
  await expect(krew.uninstall(pluginName)).rejects.toThrow('not installed')
  expect(await everything()).toEqual(before)
  expect(await kubectl('perf', '--help')).toMatchObject({ exitCode: 1 })
})

test('the archive of every platform can be installed, with its licence', async () => {
  for (const target of targets) {
    const root = await mkdtemp(join(tmpdir(), 'krew-root-'))
    try {
      const other = await startKrew(root, independent, `${target.os}/${target.arch}`)
      await other.install(await manifest(version))
      const files = await readdir(join(root, 'store', pluginName, version))
      // What the index looks for.
      expect(files.filter((file) => /^(licenses?|copying)(\.txt|\.md)?$/i.test(file))).toEqual(['LICENSE'])
      expect(files, targetName(target)).toHaveLength(4)
    } finally {
      await rm(root, { recursive: true })
    }
  }
})

test('an archive with another checksum is not installed', async () => {
  const other = await manifest(version, () => 'f'.repeat(64))
  await expect(krew.install(other)).rejects.toThrow('checksum does not match')
})

test('what krew would not unpack is not unpacked here either', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'krew-archives-'))
  const unpack = async (archive: string) => {
    const sum = (await mustRun('sha256sum', [archive])).split(' ')[0] ?? ''
    const { stderr } = await runCommand(
      independent,
      ['krew-unpack', '--archive', archive, '--sha256', sum, '--to', join(folder, 'out')],
      { env: process.env, timeoutMs: 60_000 },
    )
    return stderr
  }
  try {
    await mkdir(join(folder, 'in'))
    await writeFile(join(folder, 'in/file'), 'content')
    await symlink('file', join(folder, 'in/link'))
    const tar = (...args: string[]) => mustRun('tar', ['-C', join(folder, 'in'), ...args])
    await tar('-czf', join(folder, 'link.tar.gz'), 'file', 'link')
    expect(await unpack(join(folder, 'link.tar.gz'))).toContain('unable to handle file type 50 for "link" in tar')
    await tar('-cPzf', join(folder, 'absolute.tar.gz'), '--transform', 's,^,/,', 'file')
    expect(await unpack(join(folder, 'absolute.tar.gz'))).toContain('suspicious entry "/file"')
    await tar('-cPzf', join(folder, 'up.tar.gz'), '--transform', 's,^,../,', 'file')
    expect(await unpack(join(folder, 'up.tar.gz'))).toContain('suspicious entry "../file"')
    await tar('-cf', join(folder, 'plain.tar'), 'file')
    expect(await unpack(join(folder, 'plain.tar'))).toContain('is not a supported archive format')
    await tar('-czf', join(folder, 'good.tar.gz'), 'file')
    expect(await unpack(join(folder, 'good.tar.gz'))).toBe('')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('.krew.yaml gives the release bot the manifest that the build makes', async () => {
  const repository = 'https://github.com/example/kubectl-perf'
  const url = (file: string) => `${repository}/releases/download/${version}/${file}`
  const sums = Object.fromEntries(
    targets.map((target) => [url(archiveName(target)), checksums.get(archiveName(target))]),
  )
  const template = new URL('../../../.krew.yaml', import.meta.url).pathname
  const source = ['--owner', 'example', '--repository', 'kubectl-perf', '--tag', version]
  const flags = ['--template', template, ...source, '--sums', JSON.stringify(sums)]
  const rendered = await mustRun(independent, ['krew-template', ...flags])
  const expected = await renderPluginManifest({
    name: pluginName,
    version,
    homepage: repository,
    archive: (file) => `uri: ${url(file)}\nsha256: ${checksums.get(file)}`,
  })
  expect(rendered).toBe(expected)
  expect(await readdir(releaseFolder)).toEqual(expect.arrayContaining(targets.map(archiveName)))
})
