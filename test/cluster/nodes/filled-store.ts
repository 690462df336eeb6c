import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { cacheRoot } from '../binaries/pinned-binaries.ts'
import { exclusively } from '../exclusive.ts'
import { systemPath } from '../executables.ts'
import type { Report } from '../progress.ts'
import { mustRun, runCommand } from '../run-command.ts'
import { sandboxImage } from './image-definitions.ts'
import { definitionsOf, imageStoreFolder } from './image-store.ts'
import { containerdConfig, registryHosts } from './node-config.ts'
import { registry } from './registry.ts'

/**
 * What containerd has on its disk once it has pulled and unpacked Cilium's images, which takes it longer than all the rest of a
 * node's start. Nodes get a copy of it.
 */
function filledStoreFolder(): string {
  const images = [imageStoreFolder('images'), imageStoreFolder('cilium-images')].join()
  return join(cacheRoot(), `containerd-${createHash('sha256').update(images).digest('hex').slice(0, 10)}`)
}

/** Makes that store unless it is there; the images have to be. Needs root. */
export async function ensureFilledStore(report: Report): Promise<void> {
  const folder = filledStoreFolder()
  if (existsSync(folder)) return
  await exclusively('filled-store', async () => {
    if (existsSync(folder)) return
    report(`Unpacking Cilium's images into ${folder}`)
    const unfinished = await mkdtemp(`${folder}.`)
    try {
      await pullInto(unfinished)
      await rename(unfinished, folder)
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
  })
}

/** Runs a containerd of its own, which pulls the images from the stores of this machine. */
async function pullInto(root: string): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), 'kubectl-perf-containerd-'))
  const stores = (['images', 'cilium-images'] as const).map(imageStoreFolder)
  const server = createServer(registry(stores, () => {}))
  try {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await mkdir(join(state, 'hosts/_default'), { recursive: true })
    await writeFile(join(state, 'hosts/_default/hosts.toml'), registryHosts(url))
    const socket = join(state, 'containerd.sock')
    await writeFile(join(state, 'containerd.toml'), containerdConfig({ root, state: join(state, 'state'), socket }))
    await withContainerd(join(state, 'containerd.toml'), socket, async (ctr) => {
      const references = definitionsOf('cilium-images').flatMap((definition) => definition.references)
      for (const reference of [sandboxImage, ...references]) {
        await ctr(['images', 'pull', '--hosts-dir', join(state, 'hosts'), reference])
      }
    })
  } finally {
    server.close()
    await rm(state, { recursive: true, force: true })
  }
}

/** Runs containerd as long as `use` takes; it ends with this process too, and its mounts are its own. */
async function withContainerd(
  config: string,
  socket: string,
  use: (ctr: (args: readonly string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  const env = { ...process.env, PATH: systemPath() }
  // The end of its input is the sign to stop, whatever ended the writer.
  const script = 'containerd --config "$1" >"$1.log" 2>&1 & read -r _; kill $!; wait $!'
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child']
  const child = spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', config], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const all = ['--address', socket, '--namespace', 'k8s.io']
  try {
    for (let attempt = 0; ; attempt += 1) {
      const { exitCode, stderr } = await runCommand('ctr', [...all, 'version'], { env, timeoutMs: 10_000 })
      if (exitCode === 0) break
      if (attempt === 200) {
        const log = await readFile(`${config}.log`, 'utf8').catch(() => '')
        throw new PerfError(`containerd does not answer: ${stderr.trimEnd()}\n${log.slice(-2000)}`)
      }
      await sleep(50)
    }
    await use((args) => mustRun('ctr', [...all, ...args], { env, timeoutMs: 300_000 }))
  } finally {
    child.stdin.end()
    await ended
  }
}

/**
 * Gives a node's containerd the images. Files are linked, not copied, where the disk is the same: containerd writes none of them
 * in place, but for its databases.
 */
export async function copyFilledStore(target: string): Promise<void> {
  if (existsSync(target)) return
  const source = filledStoreFolder()
  const unfinished = `${target}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  const isSameDisk = (await stat(source)).dev === (await stat(dirname(target))).dev
  await mustRun('cp', ['--archive', ...(isSameDisk ? ['--link'] : []), source, unfinished])
  for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.db')) continue
    const file = join(entry.parentPath, entry.name)
    const copy = join(unfinished, relative(source, file))
    await rm(copy)
    await copyFile(file, copy)
  }
  await rename(unfinished, target)
}
