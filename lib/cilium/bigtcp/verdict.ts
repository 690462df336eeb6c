import type { BigTcpFamily, Blocker, IpFamily } from '../../record/details/bigtcp-details.ts'
import { type BigTcpFacts, devicesOf, findBlockers } from './blockers.ts'
import { isPodInterface, LEGACY_MAX_BYTES, type Link, sizesOf, smallestOf } from './links.ts'

/** The words of a verdict. */
type Verdict = Pick<BigTcpFamily, 'state' | 'reason' | 'advice'>

/** Which families a node's Cilium speaks: both where nothing else is said, as the agent's flags have it. */
export function familiesOf({ config }: Pick<BigTcpFacts, 'config'>): IpFamily[] {
  return ([4, 6] as const).filter((family) => config?.[`enable-ipv${family}`] !== 'false')
}

/** Is BIG TCP really on for a family on a node, and why (not)? */
export function judgeFamily(facts: BigTcpFacts, ipFamily: IpFamily): BigTcpFamily {
  const blockers = findBlockers(facts, ipFamily)
  const agent = ipFamily === 4 ? facts.status?.ipv4 : facts.status?.ipv6
  const isConfigured = facts.config?.[`enable-ipv${ipFamily}-big-tcp`] === 'true'
  const pods = facts.links === undefined ? undefined : countPods(facts.links, ipFamily)
  return {
    ipFamily,
    isWanted: isConfigured || agent?.enabled === true,
    ...judge({ facts, ipFamily, blockers, agent, isConfigured, pods }),
    ...(agent === undefined ? {} : { agent }),
    ...(pods === undefined ? {} : { pods }),
    blockers,
  }
}

interface Evidence {
  facts: BigTcpFacts
  ipFamily: IpFamily
  blockers: readonly Blocker[]
  agent: BigTcpFamily['agent']
  isConfigured: boolean
  pods: BigTcpFamily['pods']
}

function judge(evidence: Evidence): Verdict {
  const { facts, agent, isConfigured } = evidence
  if (agent === undefined) {
    const reason = facts.status === undefined ? 'the agent does not answer' : 'this agent does not tell'
    return { state: 'unknown', reason }
  }
  if (!agent.enabled) return isConfigured ? notTaken(evidence) : off(evidence)
  const size = Math.min(agent.gsoBytes, agent.groBytes)
  return size <= LEGACY_MAX_BYTES ? noGain(evidence, size) : inEffect(evidence, size)
}

/** The configuration asks for it, and the agent that runs has it off. */
function notTaken({ ipFamily, blockers }: Evidence): Verdict {
  const flag = `enable-ipv${ipFamily}-big-tcp`
  if (blockers.length === 0) {
    return {
      state: 'off',
      reason: `cilium-config asks for it (${flag}), and the agent runs without it`,
      advice: 'restart the agent: it reads cilium-config when it starts',
    }
  }
  return {
    state: 'off',
    reason: `cilium-config asks for it (${flag}), and it cannot be: ${textOf(blockers)}`,
    ...fixOf(blockers),
  }
}

function off({ ipFamily, blockers }: Evidence): Verdict {
  const key = `enableIPv${ipFamily}BIGTCP: true`
  if (blockers.length === 0) {
    return { state: 'off', reason: 'not enabled', advice: `${key} in the Helm values, then restart agents and pods` }
  }
  const fixes = blockers.flatMap(({ fix }) => fix ?? [])
  // What no value of Helm's ends, such as a kernel, has no advice here.
  const advice = fixes.length < blockers.length ? {} : { advice: [...fixes, key].join(', ') }
  return { state: 'off', reason: `not enabled, and could not be: ${textOf(blockers)}`, ...advice }
}

function noGain({ blockers }: Evidence, size: number): Verdict {
  const limits = blockers.filter(({ code }) => code === 'Kernel' || code === 'Driver')
  const why =
    limits.length > 0 ? textOf(limits) : 'its log says why ("Cannot enable" or "Could not modify", when it started)'
  return {
    state: 'no-gain',
    reason: `enabled with ${size} bytes, which all have without it: ${why}`,
    ...fixOf(limits),
  }
}

function inEffect({ facts, ipFamily, blockers, pods }: Evidence, size: number): Verdict {
  const small = devicesOf(facts).flatMap((device) => {
    const bytes = smallestOf(sizesOf(device, ipFamily))
    return bytes === undefined || bytes >= size ? [] : [`${device.name} has ${bytes}`]
  })
  if (small.length > 0) {
    return {
      state: 'no-gain',
      reason: `the agent says ${size} bytes, and device ${small.join(', ')}`,
      advice: 'something has changed the device since: restart the agent',
    }
  }
  if (pods !== undefined && pods.small > 0) {
    return {
      state: 'partly-on',
      reason: `${pods.small} of ${pods.small + pods.big} pod interfaces are of before, with at most ${LEGACY_MAX_BYTES} bytes`,
      advice: 'restart these pods: an interface keeps the sizes that it was made with',
    }
  }
  const doubts = blockers.length === 0 ? '' : `; not supported with this: ${textOf(blockers)}`
  const isSeen = devicesOf(facts).some((device) => smallestOf(sizesOf(device, ipFamily)) !== undefined)
  const words = isSeen ? '' : " by the agent's word: no sizes of interfaces could be read"
  return { state: 'on', reason: `packets of up to ${size} bytes${words}${doubts}` }
}

function countPods(links: readonly Link[], family: IpFamily): NonNullable<BigTcpFamily['pods']> {
  const counts = { big: 0, small: 0, unknown: 0 }
  for (const link of links.filter(isPodInterface)) {
    const bytes = smallestOf(sizesOf(link, family))
    counts[bytes === undefined ? 'unknown' : bytes > LEGACY_MAX_BYTES ? 'big' : 'small'] += 1
  }
  return counts
}

function textOf(blockers: readonly Blocker[]): string {
  return blockers.map(({ text }) => text).join(', ')
}

function fixOf(blockers: readonly Blocker[]): Pick<Verdict, 'advice'> {
  const fixes = blockers.flatMap(({ fix }) => fix ?? [])
  return fixes.length === 0 ? {} : { advice: fixes.join(', ') }
}
