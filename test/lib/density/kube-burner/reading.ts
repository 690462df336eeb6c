import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type {
  CreateJob,
  KubeBurnerConfig,
  KubeBurnerJob,
} from '../../../../lib/density/kube-burner/kube-burner-config.ts'
import { type ReadOptions, readKubeBurnerConfig } from '../../../../lib/density/kube-burner/read-kube-burner-config.ts'
import { UsageError } from '../../../../lib/errors/perf-error.ts'

export const POD = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: pod-{{.Iteration}}-{{.Replica}}\n'

/** Reads a configuration whose files are those given, by their path from the configuration's folder. */
export function readConfig(
  text: string,
  files: Readonly<Record<string, string>> = { 'pod.yaml': POD },
  options: Partial<ReadOptions> = {},
): KubeBurnerConfig {
  return readKubeBurnerConfig(text, 'dir/config.yml', {
    readFile: (path) => {
      const found = files[path.replace(/^dir\//, '')]
      if (found === undefined) throw new UsageError(`${path}: no such file`)
      return found
    },
    environment: {},
    uuid: 'u-1',
    ...options,
  })
}

/** A configuration of one create job of pods, with these lines added to the job. */
export function jobConfig(...lines: string[]): string {
  return [
    'jobs:',
    '  - name: a-job',
    '    qps: 10',
    '    burst: 20',
    ...lines.map((line) => `    ${line}`),
    '    objects:',
    '      - objectTemplate: pod.yaml',
  ].join('\n')
}

export function onlyJob({ jobs }: KubeBurnerConfig): KubeBurnerJob {
  const [job] = jobs
  if (job === undefined || jobs.length !== 1) throw new Error(`expected one job, not ${jobs.length}`)
  return job
}

export function createJob(config: KubeBurnerConfig): CreateJob {
  const job = onlyJob(config)
  if (job.type !== 'create') throw new Error(`expected a create job, not ${job.type}`)
  return job
}

const USER_FILES = new URL('../../../fixtures/user-files/', import.meta.url)

export function userFile(name: string): string {
  return readFileSync(new URL(basename(name), USER_FILES), 'utf8')
}

export function readUserConfig(name: string): KubeBurnerConfig {
  return readKubeBurnerConfig(userFile(name), name, { readFile: userFile, environment: {}, uuid: 'u-1' })
}
