import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { clusterLoader2Fault, isClusterLoader2Config } from '../../lib/density/kube-burner/cluster-loader2.ts'
import { thresholdExpressions } from '../../lib/density/kube-burner/job-thresholds.ts'
import { readKubeBurnerConfig } from '../../lib/density/kube-burner/read-kube-burner-config.ts'
import { kubeBurnerLoad, kubeBurnerScope } from '../../lib/density/workloads/kube-burner.ts'
import { fileFault } from '../../lib/errors/file-fault.ts'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { parseThreshold } from '../../lib/thresholds/threshold.ts'
import { discoverResources } from '../../lib/workload/discovery.ts'
import { parseTemplate, type Template } from '../../lib/workload/template/template.ts'
import type { Context } from '../command.ts'
import type { DensityRequest } from './density-request.ts'
import type { DensityOptions } from './options.ts'

type Place = Pick<Context, 'workingDirectory' | 'environment'>

/** @throws UsageError when the file cannot be read, or has a fault */
export function readTemplate(path: string, place: Place): Template {
  return parseTemplate(readText(path, place), path)
}

/**
 * What a kube-burner configuration asks for.
 * @throws UsageError `file:line: what`
 */
export function kubeBurnerRequest(
  path: string,
  options: DensityOptions,
  place: Place,
): Omit<DensityRequest, 'plan' | 'instruments'> {
  const uuid = randomUUID()
  const userData =
    options.userData === undefined ? undefined : { text: readText(options.userData, place), fileName: options.userData }
  const text = readText(path, place)
  if (isClusterLoader2Config(text)) throw clusterLoader2Fault(text, path, (name) => findText(name, place))
  const readFile = (name: string) => readText(name, place)
  const config = readKubeBurnerConfig(text, path, {
    readFile,
    environment: place.environment,
    uuid,
    ...(userData === undefined ? {} : { userData }),
  })
  const planOptions = { environment: place.environment, readFile, random: Math.random }
  return {
    scope: (runId) => kubeBurnerScope(runId, config),
    load: async (scope, connect, signal) => {
      const { concurrency, yes } = options
      const identity = { uuid, runId: scope.runId }
      const workload = {
        config,
        identity,
        options: planOptions,
        concurrency,
        mayTouchOthers: yes,
      }
      return kubeBurnerLoad(scope, workload, discoverResources(await connect(), signal))
    },
    thresholds: thresholdExpressions(config, { uuid, runId: '' }, planOptions).map(parseThreshold),
    warnings: config.warnings,
  }
}

/** The text of a file that may be absent. */
function findText(path: string, place: Place): string | undefined {
  try {
    return readText(path, place)
  } catch {
    return undefined
  }
}

function readText(path: string, { workingDirectory }: Place): string {
  try {
    return readFileSync(resolve(workingDirectory, path), 'utf8')
  } catch (error) {
    throw new UsageError(`cannot read file "${path}": ${fileFault(error)}`)
  }
}
