import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireIpv6 } from './ipv6-support.ts'

test('a kernel without IPv6 is said before anything starts, with what to do', async () => {
  const proc = await mkdtemp(join(tmpdir(), 'kubectl-perf-proc-'))
  try {
    await mkdir(join(proc, 'net'))
    expect(() => requireIpv6(proc)).toThrow(/^Nodes cannot have IPv6 here: .* \(.*\/net\/if_inet6 is missing\)$/)
    // Without an interface, as in a new network namespace, it is empty.
    await writeFile(join(proc, 'net/if_inet6'), '')
    expect(() => requireIpv6(proc)).not.toThrow()
  } finally {
    await rm(proc, { recursive: true })
  }
})
