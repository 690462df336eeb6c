import { parseArgs } from 'node:util'

export interface ReleaseOptions {
  /** Where the release will be, an https URL without a slash at the end; absent when nobody says. */
  readonly repository?: string
  /** Of all files in the archives. */
  readonly time: Date
}

/** The earliest time that a zip can have. */
const EARLIEST_SECONDS = Date.UTC(1980, 0, 1) / 1000

/**
 * What `npm run package` is told by its arguments and by the environment: `--repository`, or GitHub's word for it, and
 * SOURCE_DATE_EPOCH (reproducible-builds.org/specs/source-date-epoch).
 * @throws Error whose message is for the person who started it
 */
export function readReleaseOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): ReleaseOptions {
  const { values } = parseArgs({ args: [...argv], options: { repository: { type: 'string' } } })
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, SOURCE_DATE_EPOCH } = environment
  const onGitHub = GITHUB_REPOSITORY === undefined ? undefined : `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`
  const repository = values.repository ?? onGitHub
  if (repository !== undefined && !/^https:\/\/[^/]/.test(repository)) {
    throw new Error(`--repository ${JSON.stringify(repository)} must be an https URL`)
  }
  const seconds = Number(SOURCE_DATE_EPOCH ?? EARLIEST_SECONDS)
  if (!(seconds >= EARLIEST_SECONDS)) {
    throw new Error('SOURCE_DATE_EPOCH must be a number of seconds since 1970, of 1980 or later')
  }
  return {
    ...(repository === undefined ? {} : { repository: repository.replace(/\/$/, '') }),
    time: new Date(seconds * 1000),
  }
}
