import { writeFile } from 'node:fs/promises'
import type { Reporter, TestModule } from 'vitest/node'

/** The variable that names the file for the list of files that failed; see `filesToRepeat`. */
export const FAILED_FILES = 'KUBECTL_PERF_FAILED_FILES'

/** Names the tests that passed only when they were tried again, and says why they had failed. */
export default class SecondTries implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): Promise<void> {
    const path = process.env[FAILED_FILES]
    if (path !== undefined) await writeFile(path, JSON.stringify(filesToRepeat(modules, unhandledErrors)))
    const tests = modules
      .flatMap((module) => [...module.children.allTests()])
      .filter((test) => test.diagnostic()?.flaky === true)
    if (tests.length === 0) return
    const lines = tests.flatMap((test) => [
      `${test.module.relativeModuleId} > ${test.fullName}`,
      ...(test.result().errors ?? []).flatMap(({ message, stacks = [] }) => [
        ...message.split('\n').map((line) => `    ${line}`),
        ...stacks.slice(0, 1).map(({ file, line }) => `    at ${file}:${line}`),
      ]),
    ])
    process.stdout.write(`\nPassed at the second try only, which is a fault to be found:\n  ${lines.join('\n  ')}\n`)
  }
}

type FinishedModule = Pick<TestModule, 'relativeModuleId' | 'state'> & { readonly project: { readonly name: string } }

/** The files that failed, where each has clusters: nothing else can be luck. */
export function filesToRepeat(modules: readonly FinishedModule[], unhandledErrors: readonly unknown[]): string[] {
  const failed = modules.filter((module) => module.state() === 'failed')
  const isLuck = unhandledErrors.length === 0 && failed.every(({ project }) => WITH_CLUSTERS.has(project.name))
  return isLuck ? failed.map(({ relativeModuleId }) => relativeModuleId) : []
}

/** Projects of vitest.config.ts. */
const WITH_CLUSTERS: ReadonlySet<string> = new Set(['cluster', 'disturbing', 'alone'])
