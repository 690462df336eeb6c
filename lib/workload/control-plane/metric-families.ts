/**
 * The families that figures are made of, by their names in `# TYPE` lines. A scrape says the type of each itself; of what
 * a Prometheus has stored, only this tells it.
 */
export type MetricFamilies = Readonly<Record<string, 'counter' | 'gauge' | 'histogram'>>

/** Every process that Kubernetes is made of says when it was started; without that nothing can be subtracted. */
export const PROCESS_FAMILIES = { process_start_time_seconds: 'gauge' } as const satisfies MetricFamilies

/** Their names, for a scrape to leave out all others. */
export function familyNames(families: MetricFamilies): ReadonlySet<string> {
  return new Set(Object.keys(families))
}
