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

/** More than that is no accident. */
const MOST_FILES = 3

/** The files that failed, where they are few and all that failed. */
export function filesToRepeat(
  modules: readonly Pick<TestModule, 'relativeModuleId' | 'state'>[],
  unhandledErrors: readonly unknown[],
): string[] {
  const failed = modules.filter((module) => module.state() === 'failed')
  const isAccident = unhandledErrors.length === 0 && failed.length <= MOST_FILES
  return isAccident ? failed.map(({ relativeModuleId }) => relativeModuleId) : []
}
