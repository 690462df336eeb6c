/** What the command line says about the cluster: kubectl's global flags, each absent when not given. */
export interface ConnectionOptions {
  kubeconfig?: string
  context?: string
  cluster?: string
  user?: string
  namespace?: string
  server?: string
  token?: string
  as?: string
  asGroups?: readonly string[]
  asUid?: string
  asUserExtra?: Readonly<Record<string, readonly string[]>>
  certificateAuthority?: string
  clientCertificate?: string
  clientKey?: string
  tlsServerName?: string
  insecureSkipTlsVerify?: boolean
  /** Limit for one whole request (not for watches); 0 means none. Default 30 s, where kubectl waits for ever. */
  requestTimeoutMs?: number
  /**
   * Most connections for requests; watches and metrics scrapes have one of their own. Default 3, so that a run has 4 beside
   * the watches.
   */
  connections?: number
  /** Default: what the server chooses, HTTP/2 where it can. */
  protocol?: 'http1' | 'http2'
}

/** The part of the process that finding a cluster depends on, so that tests and servers can give their own. */
export interface Environment {
  variables: Readonly<Record<string, string | undefined>>
  homeDirectory: string
  workingDirectory: string
}
