/** As whom and how to ask a Prometheus. What is secret here never goes into a record, a log or a message. */
export interface PrometheusAccess {
  readonly token?: string | undefined
  readonly user?: { readonly name: string; readonly password: string } | undefined
  /** PEM; what the system trusts where absent. */
  readonly certificateAuthority?: string | undefined
  /** Of the environment: HTTPS_PROXY and its kin, for an address outside of the cluster. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** How long one query may take. */
  readonly timeoutMs: number
}

export function hasCredentials({ token, user }: PrometheusAccess): boolean {
  return token !== undefined || user !== undefined
}

/** The headers of a request to a Prometheus: who asks, and what is wanted. */
export function accessHeaders({ token, user }: PrometheusAccess): Record<string, string> {
  const accept = { accept: 'application/json', 'user-agent': 'kubectl-perf' }
  if (token !== undefined) return { ...accept, authorization: `Bearer ${token}` }
  if (user === undefined) return accept
  return { ...accept, authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}` }
}
