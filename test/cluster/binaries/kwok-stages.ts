import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { moduleSource } from './module-source.ts'
import { cacheFolder } from './pinned-binaries.ts'

/** kwok's own stages that make nodes and pods ready at once, relative to its module's `kustomize/stage`. */
const stages = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
]

/** One file with the stages, kept beside kwok's binary so that running it needs no Go. */
export function kwokStagesFile(): string {
  return join(cacheFolder('kwok'), 'stages.yaml')
}

/** Copies the stages out of kwok's Go module (which is downloaded if need be), unless they are there already. */
export async function ensureKwokStages(): Promise<void> {
  const target = kwokStagesFile()
  if (existsSync(target)) return
  const source = await moduleSource('kwok')
  const texts = await Promise.all(stages.map((stage) => readFile(join(source, 'kustomize/stage', stage), 'utf8')))
  await mkdir(cacheFolder('kwok'), { recursive: true })
  const unfinished = `${target}.${process.pid}`
  try {
    await writeFile(unfinished, texts.map((text) => `---\n${text}`).join(''))
    await rename(unfinished, target)
  } finally {
    await rm(unfinished, { force: true })
  }
}
