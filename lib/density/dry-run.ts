import type { KubeClient } from '../kube/client.ts'
import { forEach } from '../run/for-each.ts'
import type { Load, LoadPhase, Operation } from './load.ts'

/** The operations of a phase, without its waits and pauses. */
export async function* operationsOf(
  { steps }: LoadPhase,
  connect: () => Promise<KubeClient>,
  signal: AbortSignal,
): AsyncIterable<Operation> {
  for await (const step of steps(connect, signal)) {
    if ('method' in step) yield step
  }
}

const CONCURRENCY = 20

/**
 * Sends every creation of the load as a dry run: the API server checks and admits it as if it were meant, and stores nothing. The
 * namespaces of a run do not exist in a dry run, so its objects are checked against `namespace`.
 * @returns how many the API server accepted
 * @throws ApiError of the first that it refuses
 */
export async function dryRunOnServer(
  client: KubeClient,
  load: Load,
  namespace: string,
  signal: AbortSignal,
): Promise<number> {
  let accepted = 0
  for (const phase of load.phases) {
    const creations: Operation[] = []
    for await (const operation of operationsOf(phase, async () => client, signal)) {
      if (operation.method === 'POST') creations.push(operation)
    }
    await forEach(creations, CONCURRENCY, signal, async ({ path, query, body, contentType }) => {
      await client.request({
        method: 'POST',
        path: path.replace(/\/namespaces\/[^/]+\//, `/namespaces/${namespace}/`),
        query: { ...query, dryRun: 'All' },
        body,
        contentType,
        signal,
      })
      accepted += 1
    })
  }
  return accepted
}
