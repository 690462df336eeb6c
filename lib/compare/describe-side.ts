import type { ComparedSide } from '../record/details/compare-details.ts'
import { countRuns } from './observations.ts'
import type { Side } from './read-runs.ts'

/** What stands in the result of the runs of one side. */
export function describeSide({ name, runs }: Side): ComparedSide {
  return {
    name,
    runs: runs.map((run) => {
      const { runId, startedAt, outcome, cluster } = run
      const { serverVersion, context } = cluster
      const repeats = countRuns([run])
      return { runId, startedAt, outcome, serverVersion, context, ...(repeats === 1 ? {} : { repeats }) }
    }),
  }
}
