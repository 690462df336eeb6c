import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { runCommand } from '../cluster/run-command.ts'
import { sharedCluster } from '../cluster/shared-cluster.ts'
import { documents, ROOT } from './documents.ts'

// Code of the documents that is marked with <!-- run --> does what it says: on a cluster, with the binary and a real kubectl.

interface Block {
  readonly place: string
  readonly script: string
}

const blocks = (await documents()).flatMap(({ path, lines }): readonly Block[] =>
  lines.flatMap((line, index) => {
    if (line !== '<!-- run -->') return []
    const rest = lines.slice(index + 2)
    return [{ place: `${path}:${index + 1}`, script: rest.slice(0, rest.indexOf('```')).join('\n') }]
  }),
)

let cluster: ControlPlane
let folder = ''
beforeAll(async () => {
  cluster = await sharedCluster()
  folder = await mkdtemp(join(tmpdir(), 'docs-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('some are marked', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(4)
})

test.each(blocks)('$place', async ({ script }) => {
  const { stdout, stderr, exitCode } = await runCommand(
    'bash',
    ['-euo', 'pipefail', '-c', `cd '${folder}'\n${script}`],
    {
      env: {
        ...cluster.environment,
        HOME: folder,
        PATH: [join(ROOT, 'dist'), dirname(cluster.kubectlPath), process.env.PATH].join(':'),
      },
      timeoutMs: 300_000,
    },
  )
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0)
})
