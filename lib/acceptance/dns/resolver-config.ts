/** How a pod's resolv.conf has names looked up (resolv.conf(5)). */
export interface ResolverConfig {
  readonly search: readonly string[]
  /** A name with fewer dots is first tried within each of the search domains. */
  readonly ndots: number
}

/** Reads its lines; of several `search` the last one counts, of `options` the last ndots. */
export function parseResolverConfig(lines: readonly string[]): ResolverConfig {
  let search: string[] = []
  let ndots = 1
  for (const line of lines) {
    const [key, ...words] = line.split(/\s+/).filter((word) => word !== '')
    if (key === 'search') search = words
    if (key !== 'options') continue
    for (const word of words) {
      const [, digits] = /^ndots:(\d+)$/.exec(word) ?? []
      // As resolv.conf(5) has it: silently capped.
      if (digits !== undefined) ndots = Math.min(15, Number(digits))
    }
  }
  return { search, ndots }
}

/** The domain of the cluster, by the search domains that a kubelet gives pods: `svc.DOMAIN`. */
export function clusterDomain({ search }: ResolverConfig): string | undefined {
  return search.find((domain) => domain.startsWith('svc.'))?.slice('svc.'.length)
}

/** The names that are asked for, one after the other, until one is known. */
export function namesTried(name: string, { search, ndots }: ResolverConfig): string[] {
  if (name.endsWith('.')) return [name]
  const within = search.map((domain) => `${name}.${domain}.`)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [`${name}.`, ...within] : [...within, `${name}.`]
}
