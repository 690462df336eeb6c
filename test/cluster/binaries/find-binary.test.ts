import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findBinary, hasVersion } from './find-binary.ts'
import { cacheFolder, pinnedBinaries, pinnedVersion } from './pinned-binaries.ts'

let folder: string
const [etcd] = pinnedBinaries(['control-plane'])
if (etcd === undefined) throw new Error('etcd is pinned')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-binary-'))
  vi.stubEnv('KUBEBUILDER_ASSETS', join(folder, 'assets'))
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
  vi.stubEnv('PATH', join(folder, 'path'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

/** Puts a program there that answers `--version`. */
async function install(path: string, version: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `#!/bin/sh\necho "etcd Version: ${version}"\n`)
  await chmod(path, 0o755)
  return path
}

test('nothing is found where nothing is', async () => {
  expect(await findBinary(etcd)).toBeUndefined()
})

test('KUBEBUILDER_ASSETS comes before the cache, and the cache before PATH', async () => {
  const onPath = await install(join(folder, 'path/etcd'), '3.6.8')
  expect(await findBinary(etcd)).toBe(onPath)
  const cached = await install(join(cacheFolder('etcd'), 'etcd'), 'not asked')
  expect(await findBinary(etcd)).toBe(cached)
  const asset = await install(join(folder, 'assets/etcd'), '3.6.8')
  expect(await findBinary(etcd)).toBe(asset)
})

test('another version is passed over', async () => {
  await install(join(folder, 'assets/etcd'), '3.6.9')
  await install(join(folder, 'path/etcd'), '3.4.23')
  expect(await findBinary(etcd)).toBeUndefined()
})

test('reads the versions as the programs print them', () => {
  expect(hasVersion('Kubernetes v1.34.4\n', 'v1.34.4')).toBe(true)
  expect(hasVersion('etcd Version: 3.6.8\nGit SHA: 1\n', 'v3.6.8')).toBe(true)
  expect(hasVersion('kwok version v0.8.0 go1.26.8 (linux/amd64)\n', 'v0.8.0')).toBe(true)
  expect(hasVersion('1.68.2\n', 'v1.68.2')).toBe(true)
  expect(hasVersion('Client: 1.15.19 unknown unknown go version go1.26.8 linux/amd64\n', 'v1.15.19')).toBe(true)
  expect(hasVersion('Kubernetes v1.34.40\n', 'v1.34.4')).toBe(false)
  expect(hasVersion('Kubernetes v1.34.4-rc.1\n', 'v1.34.4')).toBe(false)
})

test('the versions are those of the go.mod files', () => {
  expect(pinnedVersion('kubernetes')).toBe('v1.34.4')
  expect(pinnedVersion('etcd')).toBe('v3.6.8')
  expect(pinnedVersion('kwok')).toBe('v0.8.0')
  expect(pinnedVersion('fortio')).toBe('v1.68.2')
  expect(pinnedVersion('cilium')).toBe('v1.15.19')
  expect(pinnedVersion('helm')).toBe('v3.22.0')
})
