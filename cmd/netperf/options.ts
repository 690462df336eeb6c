import { defineOptions, inGroup, type OptionValues } from '../option-table.ts'
import { seriesOptions } from '../prometheus-options.ts'
import {
  checkQuantity,
  kubectlOptions,
  namespaceOptions,
  outputDirectoryOptions,
  outputOptions,
  RECORD_FORMATS,
  runOptions,
  schedulingOptions,
  thresholdOptions,
} from '../shared-options.ts'
import { parseBitRate, parseRatio } from './option-syntax.ts'

/** iperf3 refuses more: MAX_MSS in its iperf.h. */
const MOST_MSS_BYTES = 9 * 1024
/** Of Linux: TCP_MIN_MSS. */
const LEAST_MSS_BYTES = 88

export const netperfOptions = defineOptions({
  ...inGroup('Test options', {
    protocol: {
      kind: 'choice',
      choices: ['tcp', 'udp', 'http', 'grpc'],
      default: 'tcp',
      list: 'separated',
      valueName: 'NAME',
      description: 'What is sent; a comma list measures one after the other, in turns',
    },
    ratio: {
      kind: 'text',
      default: '1:1',
      valueName: 'CLIENTS:SERVERS',
      description:
        'How many clients send to how many servers, all at once: 1:1, 50:50, 4:1. Where there are fewer servers, or fewer clients, each serves, or sends to, several',
      check: (value) => faultOf(parseRatio, value),
    },
    path: {
      kind: 'choice',
      choices: ['pod', 'host', 'service', 'nodeport', 'loadbalancer'],
      default: 'pod',
      list: 'separated',
      valueName: 'NAME',
      description:
        "How clients reach servers: by the pod's address, between pods of the host network, or through a Service of this kind",
    },
    placement: {
      kind: 'choice',
      choices: ['other-node', 'same-node', 'same-zone', 'other-zone', 'any'],
      default: 'other-node',
      list: 'separated',
      valueName: 'NAME',
      description: 'Where the server of a client is: the zones are those of the label topology.kubernetes.io/zone',
    },
    mesh: {
      kind: 'boolean',
      description:
        'Measure between all nodes, both ways, instead of between the pairs of a ratio: in rounds in which each node sends to one and receives from one',
    },
    rr: {
      kind: 'boolean',
      description:
        'Measure requests and responses, one at a time over one connection, instead of a stream: tcp and udp. With --crr both',
    },
    crr: { kind: 'boolean', description: 'The same with a new connection for each request: tcp' },
    reverse: { kind: 'boolean', description: 'Send from server to client' },
    bidirectional: { kind: 'boolean', description: 'Send both ways at once' },
    'host-baseline': {
      kind: 'boolean',
      description:
        'Measure each test also between pods of the host network on the same nodes, in turns, and say what share of it the path reaches',
    },
    'ip-family': {
      kind: 'choice',
      choices: ['4', '6', 'dual'],
      valueName: 'FAMILY',
      description: "IP version that is measured; dual: both, one after the other. Without it the nodes' first one",
    },
  }),
  ...inGroup('Traffic options', {
    duration: {
      kind: 'duration',
      default: '10s',
      min: 1000,
      max: 3_600_000,
      valueName: 'DURATION',
      description: 'How long each sample is measured',
      check: wholeSeconds,
    },
    warmup: {
      kind: 'duration',
      default: '1s',
      min: 0,
      max: 60_000,
      valueName: 'DURATION',
      description: 'How long a stream of tcp flows before that, in which it finds its speed',
      check: wholeSeconds,
    },
    samples: {
      kind: 'integer',
      default: 5,
      min: 1,
      max: 1000,
      valueName: 'N',
      description: 'How often each test is measured: once all of them, then all again',
    },
    streams: {
      kind: 'integer',
      default: 1,
      min: 1,
      max: 128,
      list: 'separated',
      valueName: 'N',
      description: 'Connections of each pair that carry a stream side by side. A comma list measures each',
    },
    bandwidth: {
      kind: 'text',
      list: 'separated',
      valueName: 'RATE',
      description:
        'Bits per second that each pair sends, all its streams together, such as 500M or 2.5G; max searches for the highest rate of udp that loses at most 0.1%. Without it tcp sends what goes through, and udp 100M. A comma list measures each',
      check: (value) => (value === 'max' ? undefined : faultOf(parseBitRate, value)),
    },
    'message-size': {
      kind: 'quantity',
      min: 1,
      max: 1_048_576,
      list: 'separated',
      valueName: 'BYTES',
      description:
        "Bytes of each write, datagram, request or response; without it the engine's own. A comma list measures each",
      check: (value) => (Number.isInteger(value) ? undefined : 'must be whole bytes'),
    },
    mss: {
      kind: 'integer',
      min: LEAST_MSS_BYTES,
      list: 'separated',
      valueName: 'BYTES',
      description: `Maximum segment size of tcp to ask for, at most ${MOST_MSS_BYTES}. A comma list measures each, and shows what was in force`,
      check: (value) =>
        value <= MOST_MSS_BYTES
          ? undefined
          : `must be at most ${MOST_MSS_BYTES}: iperf3 refuses more, since no link carries such segments. BIG TCP does not change the segment size but how many segments the kernel handles as one: "kubectl perf cilium bigtcp --bench" measures it`,
    },
    'requests-per-second': {
      kind: 'number',
      min: 1,
      valueName: 'N',
      description:
        'Rate of each pair at which the latency of http and grpc is measured; without it 70% of the rate that it is found to reach',
    },
    // The API server's have no flag here: few requests are sent while traffic flows.
    connections: {
      kind: 'integer',
      default: 8,
      min: 1,
      max: 1000,
      list: 'separated',
      valueName: 'N',
      description: 'Connections of each pair that carry requests of http and grpc at once. A comma list measures each',
    },
    'link-speed': {
      kind: 'text',
      valueName: 'RATE',
      description:
        "Bits per second that the nodes' links carry, such as 25G: what throughput is compared with. Without it what their drivers say, where that can be believed",
      check: (value) => faultOf(parseBitRate, value),
    },
    engine: {
      kind: 'choice',
      choices: ['iperf3', 'iperf2', 'netperf', 'fortio', 'siege'],
      list: 'separated',
      valueName: 'NAME',
      description:
        'Program that makes the traffic; a comma list measures with each that can. Without it iperf3 for tcp and udp, fortio for http and grpc, and netperf for --rr and --crr',
    },
  }),
  ...inGroup('Pod options', {
    'client-node': { kind: 'text', valueName: 'NODE', complete: 'nodes', description: 'Node that all clients run on' },
    'server-node': { kind: 'text', valueName: 'NODE', complete: 'nodes', description: 'Node that all servers run on' },
    ...schedulingOptions,
    image: {
      kind: 'text',
      valueName: 'IMAGE',
      environment: 'PERF_NETPERF_IMAGE',
      description: 'Container image of all pods; without it that of each engine, which "kubectl perf images" lists',
    },
    'image-pull-secret': {
      kind: 'text',
      valueName: 'NAME',
      description: 'Secret with the credentials of the registry, in the namespace given by --no-create-namespace',
    },
    'cpu-request': {
      kind: 'text',
      default: '100m',
      valueName: 'QUANTITY',
      description: 'CPU request of each pod. There is no limit, since it would be what is measured',
      check: checkQuantity,
    },
  }),
  ...runOptions('5m'),
  ...namespaceOptions,
  ...thresholdOptions('tcp_throughput.p50>9Gbit/s'),
  ...seriesOptions,
  ...outputOptions(RECORD_FORMATS),
  ...outputDirectoryOptions,
  ...kubectlOptions,
})

export type NetperfOptions = OptionValues<typeof netperfOptions>

/** Engines take whole seconds. */
function wholeSeconds(ms: number): string | undefined {
  return ms % 1000 === 0 ? undefined : 'must be whole seconds'
}

/** What a parser has against a text; undefined where it takes it. */
function faultOf(parse: (text: string) => unknown, text: string): string | undefined {
  const parsed = parse(text)
  return typeof parsed === 'string' ? parsed : undefined
}
