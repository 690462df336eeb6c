import type { Installation } from '../../../lib/cilium/agents/installation.ts'
import { bigTcpFindings, bigTcpOutcome } from '../../../lib/cilium/bigtcp/bigtcp-findings.ts'
import { bigTcpMetrics } from '../../../lib/cilium/bigtcp/bigtcp-metrics.ts'
import { readBigTcpNode } from '../../../lib/cilium/bigtcp/read-node.ts'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import { requirePermissions } from '../../../lib/kube/preflight.ts'
import { counted } from '../../../lib/record/counted.ts'
import type { BigTcpNode } from '../../../lib/record/details/bigtcp-details.ts'
import type { Phase } from '../../../lib/record/run-record.ts'
import { forEach } from '../../../lib/run/for-each.ts'
import { timedPhase } from '../../../lib/run/timed-phase.ts'
import type { Context } from '../../command.ts'
import { describeCluster } from '../../describe-cluster.ts'
import { refuseIdleOptions } from '../../idle-options.ts'
import { type Measurement, type MeasureSession, runMeasurement } from '../../measure.ts'
import { API_CONNECTIONS } from '../../shared-options.ts'
import { worseOutcome } from '../../worse-outcome.ts'
import { AGENT_ROLE, execPermissions, findAgents } from '../find-agents.ts'
import { measureBench } from './bench.ts'
import { type BigTcpOptions, benchOptions } from './options.ts'
import { renderBigTcp } from './render.ts'

/** Agents that are asked at once: each has a connection and a process of its own. */
const CONCURRENCY = 32

export async function runCiliumBigTcp(options: BigTcpOptions, context: Context): Promise<number> {
  if (!options.bench) refuseIdleOptions(options, benchOptions, 'bench')
  return runMeasurement(
    {
      kind: 'cilium-bigtcp',
      apiConnections: API_CONNECTIONS,
      render: renderBigTcp,
      measure: (session) => measure(options, session, context),
    },
    options,
    context,
  )
}

async function measure(options: BigTcpOptions, session: MeasureSession, context: Context): Promise<Measurement> {
  const phases: Phase[] = []
  session.progress.step('looking for Cilium agents')
  const installation = await timedPhase(phases, 'find agents', () => find(options, session))
  await checkRights(installation, session)
  announce(options, installation, session)
  const nodes = await timedPhase(phases, 'read agents', () => readNodes(installation, options, session))
  const bench = options.bench ? await measureBench(options, session, context) : undefined
  return {
    phases: [...phases, ...(bench?.phases ?? [])],
    metrics: [...bigTcpMetrics(nodes), ...(bench?.metrics ?? [])],
    findings: [...(bench?.findings ?? []), ...bigTcpFindings(nodes), ...installation.findings],
    details: {
      connections: session.client.statistics().connections,
      nodes,
      ...(bench === undefined ? {} : { bench: bench.details, cleanUpCommand: bench.cleanUpCommand }),
    },
    outcome: worseOutcome(bigTcpOutcome(nodes), bench?.outcome ?? 'passed'),
  }
}

async function find(options: BigTcpOptions, session: MeasureSession): Promise<Installation> {
  const installation = await findAgents(options, session, true)
  if (installation.agents.length > 0) return installation
  throw new PerfError('no Cilium agent was found', {
    advice: [...installation.looked, 'where its pods have other labels: --agent-selector and --agent-container'],
  })
}

function announce({ bench }: BigTcpOptions, { agents }: Installation, { cluster, progress }: MeasureSession): void {
  const what = bench ? '' : '; nothing is changed'
  progress.note(
    `${describeCluster(cluster)} Reading ${counted(agents.length, 'Cilium agent')} by a command in each${what}.`,
  )
}

/** What is not allowed is said before any agent is asked. */
async function checkRights({ agents }: Installation, { client, signal }: MeasureSession): Promise<void> {
  await requirePermissions(client, execPermissions(agents), signal, [AGENT_ROLE])
}

async function readNodes(
  { agents, nodes, configs }: Installation,
  { timeout }: BigTcpOptions,
  { client, progress, signal }: MeasureSession,
): Promise<BigTcpNode[]> {
  const read = new Map<string, BigTcpNode>()
  progress.step(`reading ${counted(agents.length, 'agent')}`)
  await forEach(agents, CONCURRENCY, signal, async (agent) => {
    const node = nodes?.get(agent.node)
    const settings = configs.get(agent.namespace)?.settingsOf(node?.labels ?? {})
    const facts = {
      ...(node?.kernel === undefined ? {} : { kernel: node.kernel }),
      ...(settings === undefined ? {} : { settings }),
    }
    const key = `${agent.namespace}/${agent.pod}`
    read.set(key, await readBigTcpNode(client, agent, facts, { signal, timeoutMs: timeout }))
    progress.update(`read ${read.size} of ${counted(agents.length, 'agent')}`)
  })
  return agents.flatMap(({ namespace, pod }) => read.get(`${namespace}/${pod}`) ?? [])
}
