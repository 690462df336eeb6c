import { readFile } from 'node:fs/promises'
import type { CredentialPlan } from '../kubeconfig/connection.ts'
import type { Credentials } from './credentials.ts'

/** The kubelet rewrites a projected token well before it ends; client-go looks once a minute too. */
const FRESH_FOR_MS = 60_000

/** A bearer token that is read again and again, since something else renews the file. */
export function tokenFileCredentials(plan: CredentialPlan & { kind: 'token-file' }): Credentials {
  let authorization = `Bearer ${plan.fallback}`
  let readAtMs = Number.NEGATIVE_INFINITY

  const read = async () => {
    const token = await readFile(plan.path, 'utf8').then(
      (text) => text.trim(),
      // Between two writes the file can be missing: what was read last still serves.
      () => '',
    )
    readAtMs = performance.now()
    if (token !== '') authorization = `Bearer ${token}`
    return authorization
  }
  return {
    authorization: () => (performance.now() - readAtMs < FRESH_FOR_MS ? authorization : read()),
    certificate: () => plan.certificate,
    renew: async (rejected) => authorization !== rejected || (await read()) !== rejected,
  }
}
