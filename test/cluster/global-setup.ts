import type { TestProject } from 'vitest/node'
import { keepLogs, startControlPlane } from './control-plane.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The name of the control plane that the `*.cluster.test.ts` share; see shared-cluster.ts. */
    clusterName: string
  }
}

/** Starts the control plane that the tests of a project share, and removes it at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startControlPlane({ kwokNodes: 5 })
  project.provide('clusterName', cluster.name)
  return async () => {
    if (project.vitest.state.getCountOfFailedTests() > 0) {
      process.stderr.write(`The logs of the test cluster are kept in ${await keepLogs(cluster.name)}\n`)
    }
    await cluster[Symbol.asyncDispose]()
  }
}
