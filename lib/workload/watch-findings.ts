import type { ClientStatistics } from '../kube/client.ts'
import { times } from '../record/counted.ts'
import type { Finding } from '../record/run-record.ts'

type Counts = Pick<ClientStatistics, 'watchResumes' | 'watchRelists'>

/** What it means for the figures that watches were cut between two looks at the client's counts. */
export function watchFindings(before: Counts, after: Counts): Finding[] {
  const resumes = after.watchResumes - before.watchResumes
  const relists = after.watchRelists - before.watchRelists
  const findings: (Finding & { count: number })[] = [
    {
      severity: 'info',
      code: 'WatchResumed',
      message: `watches were cut ${times(resumes)} and went on from where they were: what happened meanwhile was seen late, by as long as the cut took`,
      count: resumes,
    },
    {
      severity: 'warning',
      code: 'WatchRelisted',
      message: `the API server had forgotten where a watch was, ${times(relists)}: what happened meanwhile was seen late, in a list`,
      count: relists,
    },
  ]
  return findings.filter(({ count }) => count > 0)
}
