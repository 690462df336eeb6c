import type { Permission } from '../../kube/preflight.ts'
import { counted } from '../../record/counted.ts'
import type { Finding } from '../../record/run-record.ts'
import { forEach } from '../../run/for-each.ts'
import { PODS } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { describe } from '../../stats/describe.ts'
import type { ItemResult, ItemSession } from '../item.ts'
import { measureInScope, type Room, type Verdict } from '../probe/measure-in-scope.ts'
import { basePermissions, secondsOfPods } from '../probe/permissions.ts'
import { chooseNodes } from '../probe/probe-nodes.ts'
import { makeProbePods, type ProbePod } from '../probe/probe-pods.ts'
import { LOOKUP_SCRIPT } from '../probe/probe-script.ts'
import { runScript } from '../probe/run-script.ts'
import type { DnsParameters } from './dns-parameters.ts'
import { findDns } from './find-dns.ts'
import { type Lookups, lookupMetrics, type NameForm, parseLookups } from './lookups.ts'
import { clusterDomain, namesTried, type ResolverConfig } from './resolver-config.ts'

/** Between two look-ups, so that they are no load. */
const PAUSE_SECONDS = 0.005
/** A resolver waits 5 s for each nameserver, twice, for each search domain. */
const SCRIPT_MS = 180_000
const CONCURRENCY = 5
/** Every cluster has this Service. */
const SERVICE = 'kubernetes.default'
/** For an address of either family. */
const QUERIES_PER_NAME = 2

/**
 * How long the pods' resolvers take for names of the cluster, and how many of the look-ups fail: from a pod on each node, by its
 * C library, as programs do it.
 */
export async function measureDns(session: ItemSession, parameters: DnsParameters): Promise<ItemResult> {
  const byNode = new Map<string, Lookups>()
  const findings: Finding[] = []
  let config: ResolverConfig | undefined
  return measureInScope(session, parameters, {
    resources: [PODS],
    assess: () => ({
      metrics: [...byNode].flatMap(([node, lookups]) => lookupMetrics(node, lookups)),
      findings: [
        ...findings,
        ...failureFindings(byNode),
        ...(config === undefined ? [] : queryFindings(config, byNode)),
      ],
      details: config === undefined ? {} : { resolver: config, ...overheadOf(byNode) },
    }),
    async measure(room): Promise<Verdict | undefined> {
      const nodes = await chooseNodes(room.client, parameters, room.signal)
      findings.push(...nodes.findings)
      const { clients } = await makeProbePods(room, parameters, nodes, [])
      const [first] = clients
      if (first === undefined) throw new RangeError('there is no client pod')
      const dns = await findDns(room, first)
      if (dns.kind === 'none') return dns
      config = dns.config
      const names = namesFor(dns.config, parameters)
      await timedPhase(room.phases, 'look-ups', async (facts) => {
        facts.count = clients.length * names.size * parameters.lookups
        await forEach(clients, CONCURRENCY, room.signal, async (client) => {
          byNode.set(client.node, await lookUp(room, client, names, parameters.lookups))
          room.onProgress({ phase: 'look-ups', done: byNode.size, total: clients.length })
        })
      })
      return undefined
    },
  })
}

function namesFor(config: ResolverConfig, { externalName }: DnsParameters): Map<NameForm, string> {
  const full = fullName(config)
  return new Map<NameForm, string>([
    ['short', SERVICE],
    ...(full === undefined
      ? []
      : ([
          ['fqdn', full],
          ['absolute', `${full}.`],
        ] as const)),
    ...(externalName === undefined ? [] : ([['external', externalName]] as const)),
  ])
}

function fullName(config: ResolverConfig): string | undefined {
  const domain = clusterDomain(config)
  return domain === undefined ? undefined : `${SERVICE}.svc.${domain}`
}

async function lookUp(
  room: Room,
  client: ProbePod,
  names: ReadonlyMap<NameForm, string>,
  lookups: number,
): Promise<Lookups> {
  const words = [String(lookups), String(PAUSE_SECONDS), ...[...names].flat()]
  const { stdout, stderr } = await runScript(room, client, LOOKUP_SCRIPT, { words, timeoutMs: SCRIPT_MS })
  return parseLookups(stdout, stderr)
}

function overheadOf(byNode: ReadonlyMap<string, Lookups>): { overheadSeconds?: number } {
  const { p50 } = describe([...byNode.values()].flatMap((lookups) => lookups.overheadSeconds))
  return p50 === undefined ? {} : { overheadSeconds: p50 }
}

function failureFindings(byNode: ReadonlyMap<string, Lookups>): Finding[] {
  return [...byNode].flatMap(([node, { seconds, failures, faults }]) =>
    [...failures].map(([name, failed]): Finding => {
      const all = failed + (seconds.get(name)?.length ?? 0)
      const message = `${failed} of ${all} look-ups of the ${name} name failed on ${node}: ${faults.join('; ')}`
      return { severity: 'error', code: 'LookupsFailed', message, count: failed }
    }),
  )
}

/** How many questions a name that is written whole takes, where the search domains come first. */
function queryFindings(config: ResolverConfig, byNode: ReadonlyMap<string, Lookups>): Finding[] {
  const name = fullName(config)
  if (name === undefined) return []
  const queries = QUERIES_PER_NAME * (namesTried(name, config).indexOf(`${name}.`) + 1)
  if (queries === QUERIES_PER_NAME) return []
  const median = (form: NameForm) =>
    describe([...byNode.values()].flatMap(({ seconds }) => seconds.get(form) ?? [])).p50
  const [fqdn, absolute] = [median('fqdn'), median('absolute')]
  const times =
    fqdn === undefined || absolute === undefined
      ? ''
      : `: ${(fqdn * 1000).toFixed(2)}ms and ${(absolute * 1000).toFixed(2)}ms, half of them`
  return [
    {
      severity: 'info',
      code: 'SearchDomainsFirst',
      message: `${name} takes ${queries} queries, as ndots is ${config.ndots}, and ${QUERIES_PER_NAME} with a dot at its end${times}`,
      advice: 'programs that ask often should write names with their last dot, or their pods set ndots in dnsConfig',
    },
  ]
}

/** What it must be allowed to do. To tell a cluster without DNS from one whose DNS is down, it lists Services if it may. */
export function dnsPermissions(scope: RunScope): Permission[] {
  return basePermissions(scope, [])
}

/** Wall seconds when all is well. */
export function dnsExpectedSeconds(parameters: DnsParameters): number {
  const names = parameters.externalName === undefined ? 3 : 4
  const waves = Math.ceil(parameters.nodes / CONCURRENCY)
  return secondsOfPods(parameters) + waves * (parameters.lookups * names * SECONDS_PER_LOOKUP)
}

const SECONDS_PER_LOOKUP = 0.007

/** What a run makes, for `--dry-run`. */
export function dnsPlannedObjects({ nodes }: DnsParameters): string[] {
  return ['1 namespace', `${counted(nodes, 'client pod')} at most, one on each node`]
}
