import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prometheusRequest } from '../../cmd/open-prometheus.ts'
import { fakeContext } from './fake-context.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-prometheus-'))
  await writeFile(join(folder, 'token'), ' abc.def\n')
  await writeFile(join(folder, 'empty'), '\n')
  await writeFile(join(folder, 'text'), 'two words\n')
  await writeFile(join(folder, 'ca.crt'), '-----BEGIN CERTIFICATE-----\n')
})
afterAll(() => rm(folder, { recursive: true }))

const request = (values: object, environment: Record<string, string> = {}) =>
  prometheusRequest({ prometheus: 'auto', ...values }, fakeContext({ environment }).context)

test('a token comes from a file or the environment, the file first', async () => {
  const file = { prometheusTokenFile: join(folder, 'token') }
  const variable = { PERF_PROMETHEUS_TOKEN: 'xyz' }
  expect((await request({})).access).toMatchObject({ token: undefined, user: undefined })
  expect((await request({}, variable)).access.token).toBe('xyz')
  expect((await request(file, variable)).access.token).toBe('abc.def')
  expect((await request({}, { PERF_PROMETHEUS_TOKEN: '' })).access.token).toBeUndefined()
  expect((await request({ prometheusTokenFile: join(folder, 'empty') })).access.token).toBeUndefined()
})

test('a user has a password from the environment, and an authority comes from a file', async () => {
  const values = { prometheusUser: 'me', prometheusCertificateAuthority: join(folder, 'ca.crt') }
  expect(await request(values, { PERF_PROMETHEUS_PASSWORD: 'secret' })).toMatchObject({
    choice: { kind: 'auto' },
    access: { user: { name: 'me', password: 'secret' }, certificateAuthority: '-----BEGIN CERTIFICATE-----\n' },
  })
})

test('without a Prometheus, what the environment says of one counts for nothing', async () => {
  const { choice, access } = await request({ prometheus: 'none' }, { PERF_PROMETHEUS_TOKEN: 'two words' })
  expect({ choice, token: access.token }).toEqual({ choice: { kind: 'none' }, token: undefined })
})

test.for([
  [{ prometheusUser: 'me' }, {}, 'needs the password in the environment: PERF_PROMETHEUS_PASSWORD'],
  [
    { prometheusUser: 'me' },
    { PERF_PROMETHEUS_PASSWORD: 'a', PERF_PROMETHEUS_TOKEN: 'b' },
    'give --prometheus-user or a token for Prometheus, not both',
  ],
  [
    { prometheusTokenFile: '/nowhere' },
    {},
    'cannot read "/nowhere", the file of --prometheus-token-file: no such file or directory',
  ],
  [{ prometheusTokenFile: 'text' }, {}, 'the token for Prometheus is no token'],
  [{ prometheusCertificateAuthority: 'text' }, {}, 'has no certificate in it'],
  [{ prometheus: 'http://me:secret@host' }, {}, 'takes no user and password in the URL'],
  [{ prometheus: 'none', prometheusUser: 'me' }, {}, '--prometheus-user is about --prometheus: give it too'],
  [{ prometheus: 'none', prometheusTokenFile: '/nowhere' }, {}, '--prometheus-token-file is about --prometheus'],
] as const)('%o is refused: %s', async ([values, environment, message]) => {
  const inFolder = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, value === 'text' ? join(folder, value) : value]),
  )
  await expect(request(inFolder, environment)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining(message),
  })
})
