import type { Reporter, TestModule } from 'vitest/node'

/** Names the tests that passed only when they were tried again, and says why they had failed. */
export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
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
