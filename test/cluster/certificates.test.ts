import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { certificateFile, createAuthority, issueCertificate } from './certificates.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'))
  await createAuthority(folder)
})
afterAll(() => rm(folder, { recursive: true }))

async function certificate(name: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(certificateFile(folder, name)))
}

test('issues certificates that carry user, groups and hosts, signed by the authority', async () => {
  await issueCertificate(folder, 'node', {
    user: 'system:node:node-a',
    groups: ['system:nodes', 'team/a+b'],
    hosts: ['node-a', '198.18.0.11'],
  })
  const [ca, node] = await Promise.all([certificate('ca'), certificate('node')])
  expect(node.subject).toBe('O=system:nodes\nO=team/a\\+b\nCN=system:node:node-a')
  expect(node.subjectAltName).toBe('DNS:node-a, IP Address:198.18.0.11')
  expect(node.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'])
  expect([ca.ca, node.ca]).toEqual([true, false])
  expect(node.checkIssued(ca)).toBe(true)
  expect(node.verify(ca.publicKey)).toBe(true)
})

test('two authorities do not trust each other', async () => {
  const other = await mkdtemp(join(tmpdir(), 'certificates-'))
  try {
    await createAuthority(other)
    await issueCertificate(other, 'user', { user: 'user' })
    const foreign = new X509Certificate(await readFile(certificateFile(other, 'user')))
    expect(foreign.verify((await certificate('ca')).publicKey)).toBe(false)
  } finally {
    await rm(other, { recursive: true })
  }
})
