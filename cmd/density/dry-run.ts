import { stringify } from 'yaml'
import { dryRunOnServer, operationsOf } from '../../lib/density/dry-run.ts'
import type { LoadPhase } from '../../lib/density/load.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import { counted } from '../../lib/record/counted.ts'
import { scale } from '../../lib/report/scale.ts'
import { newRunId } from '../../lib/run/ownership.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import type { DensityRequest } from './density-request.ts'
import type { DensityOptions } from './options.ts'

/** Prints what the run would do and every object that it would create, as YAML documents with the plan as comments. */
export async function printPlan(request: DensityRequest, options: DensityOptions, context: Context): Promise<number> {
  const { io, signal } = context
  let client: KubeClient | undefined
  try {
    const connect = async () => (client ??= await context.connect(options))
    // Which namespace is meant where none is named stands in the kubeconfig.
    const isNamed = !options.noCreateNamespace || options.namespace !== undefined
    const scope = request.scope(newRunId(), isNamed ? '' : (await connect()).namespace)
    const load = await request.load(scope, connect, signal)
    io.stdout.write(
      `# ${counted(load.pods, 'pod')} in the end; ${options.keep ? 'everything is kept' : 'everything is removed afterwards'}\n`,
    )
    if (scope.kind === 'own-namespaces') {
      for (const name of scope.namespaces) {
        io.stdout.write(document({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: scope.labels } }))
      }
    }
    for (const phase of load.phases) {
      io.stdout.write(`# ${describePhase(phase)}\n`)
      for await (const { method, path, body } of operationsOf(phase, connect, signal)) {
        io.stdout.write(`# ${method} ${path}\n`)
        if (body !== undefined) io.stdout.write(document(JSON.parse(body) as object))
      }
    }
    return PASSED
  } finally {
    await client?.[Symbol.asyncDispose]()
  }
}

/** Lets the API server check every object that the run would create. */
export async function dryRun(request: DensityRequest, options: DensityOptions, context: Context): Promise<number> {
  const client = await context.connect(options)
  try {
    const namespace = options.namespace ?? client.namespace
    const load = await request.load(request.scope(newRunId(), 'default'), async () => client, context.signal)
    const accepted = await dryRunOnServer(client, load, namespace, context.signal)
    context.io.stdout.write(
      `${counted(accepted, 'object')} accepted by the API server in namespace ${namespace} (server dry run)\n`,
    )
    return PASSED
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

function describePhase({ name, count, pace, waitsForPods }: LoadPhase): string {
  const speed = pace.perSecond === 0 ? 'as fast as possible' : `at ${scale(pace.perSecond, '1/s')}`
  const requests = count === undefined ? 'as many requests as there are objects' : counted(count, 'request')
  return `phase ${name}: ${requests} ${speed}, at most ${pace.concurrency} at once${waitsForPods ? ', then waits for the pods' : ''}`
}

function document(object: object): string {
  return `---\n${stringify(object)}`
}
