import { isApiError } from '../../kube/api-error.ts'
import type { Room, Verdict } from '../probe/measure-in-scope.ts'
import type { ProbePod } from '../probe/probe-pods.ts'
import { NAMESERVER_SCRIPT } from '../probe/probe-script.ts'
import { runScript } from '../probe/run-script.ts'
import type { ServiceObject } from '../probe/service-object.ts'
import { parseResolverConfig, type ResolverConfig } from './resolver-config.ts'

const TIMEOUT_MS = 60_000

export type FoundDns =
  | { readonly kind: 'found'; readonly config: ResolverConfig }
  | ({ readonly kind: 'none' } & Verdict)

/**
 * Does a nameserver of the pod answer? Where none does, the Services tell whether there should be one: a cluster without DNS
 * gives its pods an address that nobody has.
 */
export async function findDns(room: Room, pod: ProbePod): Promise<FoundDns> {
  const { stdout } = await runScript(room, pod, NAMESERVER_SCRIPT, { timeoutMs: TIMEOUT_MS })
  const lines = stdout.split('\n')
  const rest = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const config = parseResolverConfig(rest('conf'))
  if (rest('answers').length > 0) return { kind: 'found', config }
  const silent = rest('silent')
  if (silent.length === 0) {
    const reason = `the resolv.conf of pods (looked at on ${pod.node}) names no nameserver`
    return { kind: 'none', outcome: 'not-applicable', reason }
  }
  const said = `${silent.join(' and ')}, which pods on ${pod.node} are to ask, did not answer three questions`
  const service = await serviceAt(room, silent)
  if (service === 'unknown') {
    const reason = `${said}, and this user may not list Services, to see whether there should be a nameserver`
    return { kind: 'none', outcome: 'no-data', reason }
  }
  if (service === undefined) {
    const reason = `no DNS in the cluster: ${said}, and no Service has that address`
    return { kind: 'none', outcome: 'not-applicable', reason }
  }
  return { kind: 'none', outcome: 'no-data', reason: `DNS does not answer: ${said}; it is the Service ${service.name}` }
}

async function serviceAt(
  { client, signal }: Room,
  addresses: readonly string[],
): Promise<{ name: string } | 'unknown' | undefined> {
  try {
    const { items } = await client.list<ServiceObject>('/api/v1/services', { signal })
    const found = items.find(({ spec }) => spec.clusterIP !== undefined && addresses.includes(spec.clusterIP))
    return found === undefined ? undefined : { name: `${found.metadata.namespace}/${found.metadata.name}` }
  } catch (error) {
    if (isApiError(error) && error.code === 403) return 'unknown'
    throw error
  }
}
