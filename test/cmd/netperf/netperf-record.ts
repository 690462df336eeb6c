import type {
  Estimate,
  FlowRow,
  NetperfDetails,
  NetperfRow,
  Verdict,
} from '../../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { testCase } from '../../lib/netperf/test-case-example.ts'

/** Details and record of fixed runs, for tests of what is printed of them. */

export const NETWORK: Verdict = {
  limit: 'network',
  text: 'network',
  evidence: ['sender 0.3 cores, receiver 0.4 cores'],
}
export const RECEIVER: Verdict = {
  limit: 'receiver-cpu',
  text: 'receiver CPU (98% of one core)',
  isFloor: true,
  evidence: ['receiver 0.98 cores with 1 stream'],
}

export function estimate(mean: number, ci95?: number): Estimate {
  return { count: ci95 === undefined ? 1 : 5, mean, ...(ci95 === undefined ? {} : { ci95, cv: (0.8 * ci95) / mean }) }
}

export function endpoint(pod: string, node: string): NetperfDetails['pairs'][number]['client'] {
  return {
    namespace: 'perf-3f9kq2-0',
    pod,
    node,
    hostNetwork: false,
    addresses: ['10.1.0.5'],
    nodeAddresses: ['192.168.0.1'],
    kernel: '6.12.0',
    interfaceName: 'eth0',
    mtuBytes: 1500,
    gsoMaxBytes: 65_536,
    groMaxBytes: 65_536,
  }
}

export function row(parameters: Partial<NetperfRow['parameters']> = {}, parts: Partial<NetperfRow> = {}): NetperfRow {
  return {
    parameters: { ...testCase(), ...parameters },
    labels: {},
    pairs: [0],
    samples: { measured: 5, expected: 5 },
    tools: ['iperf 3.12'],
    mss: { effectiveBytes: [1448] },
    startSpread: { maxSeconds: 0.0031, resolutionSeconds: 0.001 },
    flows: [],
    failures: [],
    searches: [],
    throttling: [],
    ...parts,
  }
}

/** @param total bits per second */
export function tcpFlow(total: Estimate, parts: Partial<FlowRow> = {}): FlowRow {
  return {
    direction: 'forward',
    total,
    throughput: total,
    retransmitsPerSecond: estimate(12.2, 3),
    rtt: { minSeconds: 60e-6, meanSeconds: 80e-6, maxSeconds: 410e-6 },
    verdict: RECEIVER,
    pairs: [
      {
        pair: 0,
        throughput: total,
        retransmitsPerSecond: estimate(12.2, 3),
        rtt: { meanSeconds: 80e-6 },
        senderCores: 0.61,
        receiverCores: 0.98,
        verdict: RECEIVER,
      },
    ],
    ...parts,
  }
}

export function udpFlow(total: Estimate, loss: number): FlowRow {
  return {
    direction: 'forward',
    total,
    throughput: total,
    datagrams: {
      sent: 85_034,
      lost: Math.round(85_034 * loss),
      loss,
      packetsPerSecond: estimate(8503, 2),
      jitterSeconds: estimate(12e-6, 1e-6),
    },
    verdict: { limit: 'offered-rate', text: 'offered rate', evidence: ['all that was sent arrived'] },
    pairs: [],
  }
}

export function httpRow(parameters: Partial<NetperfRow['parameters']> = {}): NetperfRow {
  return row(
    { engine: 'fortio', protocol: 'http', connections: 8, ...parameters },
    {
      tools: ['fortio 1.68.2'],
      requests: {
        total: estimate(21_500, 310),
        rate: estimate(21_500, 310),
        latency: {
          count: 75_000,
          minSeconds: 110e-6,
          meanSeconds: 280e-6,
          p50: 250e-6,
          p90: 420e-6,
          p99: 1.21e-3,
          p999: 3.4e-3,
          maxSeconds: 8.1e-3,
          resolutionSeconds: 1e-3,
          histogram: [
            [200e-6, 10_000],
            [250e-6, 30_000],
            [1e-3, 34_000],
            [1.5e-3, 900],
            [3e-3, 80],
            [4e-3, 20],
          ],
        },
        errors: {},
        completed: 75_000,
        openLoop: { requestedPerSecond: 15_050, kept: 5, samples: 5 },
        verdict: { limit: 'receiver-cpu', text: 'receiver CPU (1.9 of 2 cores)', evidence: [] },
        pairs: [],
      },
    },
  )
}

export function details(rows: NetperfRow[], parts: Partial<NetperfDetails> = {}): NetperfDetails {
  return {
    rows,
    pairs: [
      {
        client: endpoint('client-0', 'node-a'),
        server: endpoint('server-0', 'node-b'),
        ports: [{ engine: 'iperf3', ipFamily: 4, port: 5201 }],
      },
    ],
    pathMtus: [],
    slow: [],
    cluster: {},
    ...parts,
  }
}

export function netperfRecord(of: NetperfDetails, parts: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    kind: 'netperf',
    runId: '3f9kq2',
    tool: { name: 'kubectl-perf', version: 'v0.1.0' },
    startedAt: '2026-11-20T10:00:00.000Z',
    finishedAt: '2026-11-20T10:01:02.000Z',
    outcome: 'passed',
    cluster: { serverVersion: 'v1.34.4', nodes: 2, context: 'kind-kind', platform: 'linux/amd64' },
    parameters: { keep: false },
    phases: [],
    metrics: [],
    thresholds: [],
    findings: [],
    details: { cleanUpCommand: 'kubectl perf cleanup --run 3f9kq2 -y', ...of },
    ...parts,
  }
}
