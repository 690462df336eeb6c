import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { commandLinesOf } from '../../docs/command-lines.ts'
import { documents } from '../../docs/documents.ts'
import { fakeContext } from '../fake-context.ts'

// What is wrong with a command line is said before anything is connected: these contexts have no cluster.

async function refused(...argv: string[]): Promise<string> {
  const { context, stdout, stderr } = fakeContext()
  expect([argv.join(' '), await run(['netperf', ...argv], context)]).toEqual([argv.join(' '), 2])
  expect(stdout()).toBe('')
  expect(stderr()).toMatch(/See 'kubectl perf netperf --help' for usage\.\n$/)
  return stderr().replace(/See '.*\n$/, '')
}

test('values that no option takes', async () => {
  expect(await refused('--protocol', 'sctp')).toMatchInlineSnapshot(`
    "error: invalid argument "sctp" for "--protocol" flag: must be one of tcp, udp, http, grpc
    "
  `)
  expect(await refused('--ratio', '1')).toMatchInlineSnapshot(`
    "error: invalid argument "1" for "--ratio" flag: must be CLIENTS:SERVERS, such as 1:1, 50:50 or 4:1, each at most 5000
    "
  `)
  expect(await refused('--bandwidth', '10x')).toMatchInlineSnapshot(`
    "error: invalid argument "10x" for "--bandwidth" flag: must be bits per second with or without a suffix, such as 500M or 2.5G
    "
  `)
  expect(await refused('--duration', '10')).toMatchInlineSnapshot(`
    "error: invalid argument "10" for "--duration" flag: invalid duration "10": use a number with a unit, for example 90s, 1m30s or 500ms
    "
  `)
  expect(await refused('--duration', '1500ms')).toMatchInlineSnapshot(`
    "error: invalid argument "1500ms" for "--duration" flag: must be whole seconds
    "
  `)
  expect(await refused('--cpu-request', 'lots')).toMatchInlineSnapshot(`
    "error: invalid argument "lots" for "--cpu-request" flag: must be a quantity such as 100m or 64Mi
    "
  `)
  expect(await refused('--image', 'No Image')).toMatchInlineSnapshot(`
    "error: invalid image name "No Image"
      write [REGISTRY/]NAME[:TAG][@DIGEST] in lower case, e.g. registry.k8s.io/pause:3.10
    "
  `)
  expect(await refused('--threshold', 'tcp_thruput>1')).toMatchInlineSnapshot(`
    "error: invalid threshold "tcp_thruput>1": unknown metric "tcp_thruput"; did you mean "tcp_throughput"?
    "
  `)
})

test('a rate with which nothing is sent: the least, and what was likely meant', async () => {
  expect(await refused('--bandwidth', '5')).toMatchInlineSnapshot(`
    "error: --bandwidth 5 is 5 bit/s, which is too little for one message of tcp (131072 bytes) in 10s
      did you mean 5M? If not, it takes 105 kbit/s at least
    "
  `)
  expect(await refused('--bandwidth', '1G,50k', '--streams', '1,4', '--duration', '20s')).toMatchInlineSnapshot(`
    "error: --bandwidth 50k is 50000 bit/s, which is too little for one message of tcp (131072 bytes) in 20s
      it takes 52.5 kbit/s at least
    "
  `)
  expect(await refused('--protocol', 'udp', '--bandwidth', '5bit/s')).toMatchInlineSnapshot(`
    "error: --bandwidth 5bit/s is 5 bit/s, which is too little for one message of udp (1448 bytes) in 1m
      did you mean 5M? If not, it takes 194 bit/s at least
    "
  `)
  // iperf3 would take none of eight streams' share for no limit.
  expect(
    await refused('--bandwidth', '7', '--message-size', '1', '--streams', '8', '--duration', '1h'),
  ).toMatchInlineSnapshot(`
    "error: --bandwidth 7 is 7 bit/s, which is too little for one message of tcp (1 byte) in 1h on each of 8 streams
      did you mean 7M? If not, it takes 8 bit/s at least
    "
  `)
})

test('the least rate that is named is taken, for which smaller messages are enough', async () => {
  const isTaken = async (...argv: string[]) =>
    (await run(['netperf', '--dry-run=client', ...argv], fakeContext().context)) === 0
  expect(await isTaken('--bandwidth', '105k')).toBe(true)
  expect(await isTaken('--bandwidth', '104857')).toBe(false)
  expect(await isTaken('--bandwidth', '104858')).toBe(true)
  expect(await isTaken('--bandwidth', '8', '--message-size', '10')).toBe(true)
  expect(await isTaken('--bandwidth', '7', '--message-size', '10')).toBe(false)
  expect(await isTaken('--protocol', 'udp', '--bandwidth', '194')).toBe(true)
  expect(await isTaken('--protocol', 'udp', '--bandwidth', 'max', '--message-size', '16')).toBe(true)
})

test('segments larger than any link carries: why not, and what is meant instead', async () => {
  expect(await refused('--mss', '1460,65495')).toMatchInlineSnapshot(`
    "error: invalid argument "65495" for "--mss" flag: must be at most 9216: iperf3 refuses more, since no link carries such segments. BIG TCP does not change the segment size but how many segments the kernel handles as one: "kubectl perf cilium bigtcp --bench" measures it
    "
  `)
  expect(await refused('--mss', '40')).toMatchInlineSnapshot(`
    "error: invalid argument "40" for "--mss" flag: must be at least 88
    "
  `)
})

test('options that say nothing about what is measured', async () => {
  expect(await refused('--protocol', 'http', '--mss', '1460')).toMatchInlineSnapshot(`
    "error: --mss is about tcp, and --protocol names http
      --protocol tcp, or leave --mss out
    "
  `)
  expect(await refused('--protocol', 'http,grpc', '--bidirectional')).toMatchInlineSnapshot(`
    "error: --bidirectional is about tcp and udp, and --protocol names http and grpc
      --protocol tcp,udp, or leave --bidirectional out
    "
  `)
  expect(await refused('--connections', '16')).toMatchInlineSnapshot(`
    "error: --connections is about http and grpc, and --protocol names tcp
      --protocol http,grpc, or leave --connections out
    "
  `)
  expect(await refused('--requests-per-second', '100')).toMatchInlineSnapshot(`
    "error: --requests-per-second is about http and grpc, and --protocol names tcp
      --protocol http,grpc, or leave --requests-per-second out
    "
  `)
  expect(await refused('--bandwidth', 'max')).toMatchInlineSnapshot(`
    "error: --bandwidth max is about udp, and --protocol names tcp
      --protocol udp, or leave --bandwidth max out
    "
  `)
  expect(await refused('--protocol', 'udp', '--warmup', '3s')).toMatchInlineSnapshot(`
    "error: --warmup is about tcp, and --protocol names udp
      --protocol tcp, or leave --warmup out
    "
  `)
  expect(await refused('--protocol', 'udp', '--mss', '1460')).toMatchInlineSnapshot(`
    "error: --mss is about tcp, and --protocol names udp
      --protocol tcp, or leave --mss out
    "
  `)
})

test('options that contradict each other', async () => {
  expect(await refused('--reverse', '--bidirectional')).toMatchInlineSnapshot(`
    "error: --bidirectional sends both ways already: leave --reverse out
    "
  `)
  expect(await refused('--rr', '--streams', '4')).toMatchInlineSnapshot(`
    "error: --streams shapes a stream, and --rr measures one request at a time
      measure the stream in a run of its own
    "
  `)
  expect(await refused('--protocol', 'udp,tcp', '--crr')).toMatchInlineSnapshot(`
    "error: --crr makes a connection for each request, and udp has none
      leave udp out of --protocol, or measure it with --rr
    "
  `)
  expect(await refused('--path', 'host', '--host-baseline')).toMatchInlineSnapshot(`
    "error: --host-baseline compares other paths with the host network, and --path names only host
      --path pod --host-baseline
    "
  `)
  expect(await refused('--mesh', '--ratio', '2:2')).toMatchInlineSnapshot(`
    "error: --mesh measures between all nodes, so --ratio has nothing to choose
      choose the nodes of the mesh with --node-selector
    "
  `)
  expect(await refused('--mesh', '--client-node', 'node-a')).toMatchInlineSnapshot(`
    "error: --mesh measures between all nodes, so --client-node has nothing to choose
      choose the nodes of the mesh with --node-selector
    "
  `)
  expect(await refused('--client-node', 'a', '--server-node', 'a')).toMatchInlineSnapshot(`
    "error: --client-node and --server-node are the same node, and --placement names other-node
      --placement same-node
    "
  `)
  expect(await refused('--client-node', 'a', '--server-node', 'b', '--placement', 'same-node')).toMatchInlineSnapshot(`
    "error: --client-node and --server-node are two nodes, and --placement names same-node
      --placement other-node
    "
  `)
  expect(await refused('--namespace', 'team-a')).toMatchInlineSnapshot(`
    "error: netperf makes a namespace of its own, so --namespace team-a needs --no-create-namespace
    "
  `)
  expect(await refused('--image-pull-secret', 'registry')).toMatchInlineSnapshot(`
    "error: --image-pull-secret needs a namespace that has the secret
      --namespace NS --no-create-namespace
    "
  `)
})

test('a test that the named engine cannot do', async () => {
  expect(await refused('--protocol', 'http', '--engine', 'iperf3')).toMatchInlineSnapshot(`
    "error: cannot measure http over pod: iperf3 measures TCP and UDP only
      --engine iperf3,fortio,siege
    "
  `)
  expect(await refused('--protocol', 'tcp,grpc', '--engine', 'siege,iperf3')).toMatchInlineSnapshot(`
    "error: cannot measure grpc over pod: siege measures HTTP only; iperf3 measures TCP and UDP only
      --engine siege,iperf3,fortio
    "
  `)
})

test('misspelled flags', async () => {
  expect(await refused('--protcol', 'tcp')).toMatchInlineSnapshot(`
    "error: unknown flag: --protcol; did you mean --protocol?
    "
  `)
  expect(await refused('--bandwith', '1G')).toMatchInlineSnapshot(`
    "error: unknown flag: --bandwith; did you mean --bandwidth?
    "
  `)
})

test('the dry run prints the plan and every object, without a cluster', async () => {
  const { context, stdout, stderr } = fakeContext()
  expect(await run(['netperf', '--ratio', '2:1', '--path', 'pod,service', '--dry-run=client'], context)).toBe(0)
  expect(stderr()).toBe('')
  expect(stdout()).toMatch(/^# 2 tests × 5 samples × 11s ≈ 1m50s of traffic, .*\n# test 1: /)
  const kinds = [...stdout().matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind)
  expect(kinds).toEqual(['Namespace', 'Pod', 'Pod', 'Pod', 'Service'])
})

test('the dry run names what each test is in the words of the options', async () => {
  const testsOf = async (...argv: string[]) => {
    const { context, stdout } = fakeContext()
    expect(await run(['netperf', '--dry-run=client', ...argv], context)).toBe(0)
    return stdout().match(/^# test .*$/gm)
  }
  expect(await testsOf('--host-baseline', '--mss', '1400', '--bandwidth', '2.5G')).toEqual([
    '# test 1: engine iperf3, protocol tcp, path pod, placement other-node, direction forward, ip-family 4, streams 1, mss 1400, bandwidth 2.50 Gbit/s',
    '# test 2: engine iperf3, protocol tcp, path host, placement other-node, direction forward, ip-family 4, streams 1, mss 1400, bandwidth 2.50 Gbit/s, host-baseline',
  ])
  expect(await testsOf('--protocol', 'udp,http', '--bandwidth', 'max', '--requests-per-second', '50')).toEqual([
    '# test 1: engine iperf3, protocol udp, path pod, placement other-node, direction forward, ip-family 4, streams 1, bandwidth max',
    '# test 2: engine fortio, protocol http, path pod, placement other-node, direction forward, ip-family 4, streams 1, connections 8, requests-per-second 50',
  ])
  expect(await testsOf('--rr', '--message-size', '64')).toEqual([
    '# test 1: engine netperf, protocol tcp, mode rr, path pod, placement other-node, direction forward, ip-family 4, streams 1, message-size 64',
  ])
})

test('what the documents show can be measured: no test of theirs is one that its engine refuses', async () => {
  const lines = (await documents()).flatMap(commandLinesOf).filter(({ argv: [name] }) => name === 'netperf')
  // A mesh asks for nodes.
  const planned = lines.filter(({ argv }) => !argv.includes('--mesh'))
  expect(planned.length).toBeGreaterThan(20)
  const refused: string[] = []
  for (const { place, argv } of planned) {
    const { context, stderr } = fakeContext()
    const given = argv.filter((word) => !word.startsWith('--dry-run'))
    if ((await run([...given, '--dry-run=client'], context)) !== 0) refused.push(`${place}: ${stderr().split('\n')[0]}`)
  }
  expect(refused).toEqual([])
})

test('an image from a registry of one’s own, by flag and by environment', async () => {
  const print = async (argv: readonly string[], environment: Record<string, string> = {}) => {
    const { context, stdout } = fakeContext({ environment })
    expect(await run(['netperf', '--dry-run=client', ...argv], context)).toBe(0)
    return new Set([...stdout().matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image))
  }
  expect(await print(['--image', 'example.com/tools:1'])).toEqual(new Set(['example.com/tools:1']))
  expect(await print([], { PERF_NETPERF_IMAGE: 'example.com/tools:2' })).toEqual(new Set(['example.com/tools:2']))
  expect(await print(['--image', 'example.com/tools:1'], { PERF_NETPERF_IMAGE: 'example.com/tools:2' })).toEqual(
    new Set(['example.com/tools:1']),
  )
  const [mirrored, ...others] = await print(['--image-registry', 'registry.example.com/mirror'])
  expect(others).toEqual([])
  expect(mirrored).toMatch(/^registry\.example\.com\/mirror\/\S+\/network-perf:/)
})
