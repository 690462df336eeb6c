import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { engineImages } from '../../lib/netperf/engines/engine-images.ts'

const dockerfile = readFileSync(new URL('../../build/Dockerfile.netperf', import.meta.url), 'utf8')
/** One instruction a line, without comments. */
const instructions = dockerfile
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .map((line) => line.replaceAll(/\s+/g, ' ').trim())
  .filter((line) => line !== '')

/** The programs that come with Debian's packages. */
const programsOfPackages: Readonly<Record<string, readonly string[]>> = {
  bash: ['bash'],
  coreutils: ['cat', 'sleep'],
  iperf: ['iperf'],
  iperf3: ['iperf3'],
  iproute2: ['ip'],
  siege: ['siege'],
}

function installedPrograms(): string[] {
  const packages = /apt-get install (.*?) &&/.exec(instructions.find((line) => line.startsWith('RUN apt-get')) ?? '')
  const names = (packages?.[1] ?? '').split(' ').filter((name) => !name.startsWith('--'))
  expect(Object.keys(programsOfPackages)).toEqual(names)
  const copied = instructions
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) =>
      line
        .split(' ')
        .slice(2, -1)
        .map((path) => basename(path)),
    )
  return [...Object.values(programsOfPackages).flat(), ...copied]
}

const ownImage = engineImages.iperf2.image

test('the image has the programs of every engine, and the build fails without one of them', () => {
  const wanted = [...new Set(Object.values(engineImages).flatMap(({ programs }) => programs))]
  expect(wanted).toHaveLength(6)
  const installed = installedPrograms()
  const checked = / which (.*?) &&/
    .exec(instructions.find((line) => line.startsWith('RUN which')) ?? '')?.[1]
    ?.split(' ')
  for (const program of wanted) {
    expect(installed).toContain(program)
    expect(checked).toContain(program)
  }
})

test('what Debian has not got comes from the images that the engines have by default', () => {
  const from = instructions.filter((line) => line.startsWith('FROM '))
  expect(from).toEqual([
    `FROM ${engineImages.netperf.image} AS netperf`,
    `FROM ${engineImages.fortio.image} AS fortio`,
    expect.stringMatching(/^FROM docker\.io\/library\/debian:\d+\.\d+-slim$/),
  ])
})

test('it runs as a user by number, and says what it is', () => {
  expect(instructions).toContain('USER 65532:65532')
  const version = ownImage.split(':').at(-1)
  expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`)
  expect(dockerfile).toContain(`--tag ${ownImage} `)
})

test('the page on images names them as the table does', () => {
  const page = readFileSync(new URL('../../docs/netperf-images.md', import.meta.url), 'utf8')
  const rows = page.split('\n').flatMap((line) => {
    const [, engines, image, shell] = /^\| (`.*`) \| `(\S+)` \| (yes|no) \|/.exec(line) ?? []
    const named = engines?.replaceAll('`', '').split(', ') ?? []
    return named.map((engine): [string, object] => [engine, { image, hasShell: shell === 'yes' }])
  })
  const table = Object.entries(engineImages).map(([engine, { image, hasShell }]) => [engine, { image, hasShell }])
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(table))
})
