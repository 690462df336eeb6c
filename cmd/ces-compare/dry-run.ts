import { stringify } from 'yaml'
import type { LoadWork, ObserveWork } from '../../lib/ces/ces-plan.ts'
import { CILIUM_ENDPOINTS } from '../../lib/ces/kinds.ts'
import { plannedObjects } from '../../lib/ces/load/planned-objects.ts'
import { forEach } from '../../lib/run/for-each.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import { describeWork } from './describe.ts'
import type { CesCompareOptions } from './options.ts'

const CONCURRENCY = 20

/** Prints what the run would do and every object that it would create, as YAML documents. */
export function printPlan(work: LoadWork | ObserveWork, { io }: Context): number {
  io.stdout.write(`# ${describeWork(work)}\n`)
  if (work.kind === 'observe') return PASSED
  const { namespaces, labels } = work.scope
  const [name = ''] = namespaces
  io.stdout.write(document({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }))
  const { path, objects } = plannedObjects(work, CILIUM_ENDPOINTS)
  for (const object of objects()) io.stdout.write(`# POST ${path(name)}\n${document(object)}`)
  return PASSED
}

/**
 * Lets the API server check every object that the run would create, in a namespace that there is.
 * @throws ApiError of the first that it refuses
 */
export async function dryRunOnServer(
  work: LoadWork | ObserveWork,
  options: CesCompareOptions,
  { connect, io, signal }: Context,
): Promise<number> {
  const client = await connect(options)
  try {
    const namespace = options.namespace ?? client.namespace
    let accepted = 0
    if (work.kind === 'load') {
      const { path, objects } = plannedObjects(work, CILIUM_ENDPOINTS)
      await forEach(objects(), CONCURRENCY, signal, async (body) => {
        await client.request({ method: 'POST', path: path(namespace), query: { dryRun: 'All' }, body, signal })
        accepted += 1
      })
    }
    io.stdout.write(`${accepted} objects accepted by the API server in namespace ${namespace} (server dry run)\n`)
    return PASSED
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

function document(object: object): string {
  return `---\n${stringify(object)}`
}
