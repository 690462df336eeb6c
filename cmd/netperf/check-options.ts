import { UsageError } from '../../lib/errors/perf-error.ts'
import type { Protocol } from '../../lib/netperf/test-case.ts'
import { parseDuration } from '../../lib/record/duration.ts'
import { type NetperfOptions, netperfOptions } from './options.ts'

const STREAMS: readonly Protocol[] = ['tcp', 'udp']
const REQUESTS: readonly Protocol[] = ['http', 'grpc']

/**
 * An option that says nothing about any of the tests is a mistake and never ignored; in a list of protocols it says
 * something about those that it fits.
 * @throws UsageError naming what does not go together, and what to do
 */
export function checkOptions(options: NetperfOptions): void {
  checkProtocols(options)
  checkModes(options)
  checkMesh(options)
  checkNodes(options)
  if (options.reverse && options.bidirectional) {
    throw new UsageError('--bidirectional sends both ways already: leave --reverse out')
  }
  if (options.hostBaseline && options.path.every((path) => path === 'host')) {
    throw new UsageError('--host-baseline compares other paths with the host network, and --path names only host', {
      advice: ['--path pod --host-baseline'],
    })
  }
  if (options.imagePullSecret !== undefined && !options.noCreateNamespace) {
    throw new UsageError('--image-pull-secret needs a namespace that has the secret', {
      advice: ['--namespace NS --no-create-namespace'],
    })
  }
}

function checkProtocols(options: NetperfOptions): void {
  const { protocol: asked, rr, crr, bandwidth, requestsPerSecond } = options
  const isAboutStreams: readonly (readonly [string, boolean])[] = [
    ['--rr', rr],
    ['--crr', crr],
    ['--streams', isGiven(options, 'streams')],
    ['--bandwidth', bandwidth.length > 0],
    ['--reverse', options.reverse],
    ['--bidirectional', options.bidirectional],
  ]
  const isAboutRequests: readonly (readonly [string, boolean])[] = [
    ['--requests-per-second', requestsPerSecond !== undefined],
    ['--connections', isGiven(options, 'connections')],
  ]
  const suitable = [
    ...isAboutStreams.map(([flag, isUsed]) => [flag, isUsed, STREAMS] as const),
    ...isAboutRequests.map(([flag, isUsed]) => [flag, isUsed, REQUESTS] as const),
    ['--mss', options.mss.length > 0, ['tcp']] as const,
    ['--warmup', isWarmupAsked(options), ['tcp']] as const,
    ['--crr', crr, ['tcp']] as const,
    ['--bandwidth max', bandwidth.includes('max'), ['udp']] as const,
  ]
  const wrong = suitable.find(([, isUsed, fits]) => isUsed && !asked.some((protocol) => fits.includes(protocol)))
  if (wrong === undefined) return
  const [flag, , fits] = wrong
  throw new UsageError(`${flag} is about ${fits.join(' and ')}, and --protocol names ${asked.join(' and ')}`, {
    advice: [`--protocol ${fits.join(',')}, or leave ${flag} out`],
  })
}

function checkModes(options: NetperfOptions): void {
  const { rr, crr, protocol } = options
  if (!rr && !crr) return
  if (crr && protocol.includes('udp')) {
    throw new UsageError('--crr makes a connection for each request, and udp has none', {
      advice: [rr ? 'leave --crr out' : 'leave udp out of --protocol, or measure it with --rr'],
    })
  }
  const shapesStreams: readonly (readonly [string, boolean])[] = [
    ['--mss', options.mss.length > 0],
    ['--warmup', isWarmupAsked(options)],
    ['--streams', isGiven(options, 'streams')],
    ['--bandwidth', options.bandwidth.length > 0],
    ['--reverse', options.reverse],
    ['--bidirectional', options.bidirectional],
  ]
  const misplaced = shapesStreams.find(([, isUsed]) => isUsed)
  if (misplaced === undefined) return
  throw new UsageError(`${misplaced[0]} shapes a stream, and ${rr ? '--rr' : '--crr'} measures one request at a time`, {
    advice: ['measure the stream in a run of its own'],
  })
}

function checkMesh(options: NetperfOptions): void {
  if (!options.mesh) return
  const contrary: readonly (readonly [string, boolean])[] = [
    ['--ratio', isGiven(options, 'ratio')],
    ['--placement', isGiven(options, 'placement')],
    ['--client-node', options.clientNode !== undefined],
    ['--server-node', options.serverNode !== undefined],
  ]
  const wrong = contrary.find(([, isUsed]) => isUsed)
  if (wrong === undefined) return
  throw new UsageError(`--mesh measures between all nodes, so ${wrong[0]} has nothing to choose`, {
    advice: ['choose the nodes of the mesh with --node-selector'],
  })
}

function checkNodes({ clientNode, serverNode, placement }: NetperfOptions): void {
  if (clientNode === undefined || serverNode === undefined) return
  const impossible = placement.find((where) =>
    clientNode === serverNode ? where === 'other-node' || where === 'other-zone' : where === 'same-node',
  )
  if (impossible === undefined) return
  const possible = clientNode === serverNode ? 'same-node' : 'other-node'
  throw new UsageError(
    `--client-node and --server-node are ${clientNode === serverNode ? 'the same node' : 'two nodes'}, and --placement names ${impossible}`,
    { advice: [`--placement ${possible}`] },
  )
}

/** None is what the others have anyway. */
function isWarmupAsked({ warmup }: NetperfOptions): boolean {
  return warmup !== 0 && warmup !== parseDuration(netperfOptions.warmup.default)
}

function isGiven(options: NetperfOptions, name: 'streams' | 'connections' | 'ratio' | 'placement'): boolean {
  return String(options[name]) !== String(netperfOptions[name].default)
}
