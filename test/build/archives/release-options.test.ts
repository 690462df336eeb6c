import { expect, test } from 'vitest'
import { readReleaseOptions } from '../../../build/archives/release-options.ts'

const REPOSITORY = 'https://github.com/example/kubectl-perf'
const earliest = new Date('1980-01-01T00:00:00Z')

test('without a word, no repository and the earliest time of a zip', () => {
  expect(readReleaseOptions([], {})).toEqual({ time: earliest })
})

test('the repository is that of the flag, else the one that GitHub runs for', () => {
  const onGitHub = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'example/kubectl-perf' }
  expect(readReleaseOptions([], onGitHub)).toEqual({ repository: REPOSITORY, time: earliest })
  expect(readReleaseOptions(['--repository', `${REPOSITORY}/`], {})).toEqual({ repository: REPOSITORY, time: earliest })
  expect(readReleaseOptions(['--repository=https://git.example.com/a'], onGitHub).repository).toBe(
    'https://git.example.com/a',
  )
})

test('the time is that of the environment', () => {
  expect(readReleaseOptions([], { SOURCE_DATE_EPOCH: '1767225600' }).time).toEqual(new Date('2026-01-01T00:00:00Z'))
})

test.each([
  [['--repo', 'x'], {}, "Unknown option '--repo'"],
  [['--repository', 'owner/name'], {}, '--repository "owner/name" must be an https URL'],
  [['--repository', 'http://example.com/a'], {}, 'must be an https URL'],
  [[], { SOURCE_DATE_EPOCH: 'yesterday' }, 'SOURCE_DATE_EPOCH must be a number of seconds'],
  [[], { SOURCE_DATE_EPOCH: '0' }, 'of 1980 or later'],
])('%j with %j is refused', (argv, environment, message) => {
  expect(() => readReleaseOptions(argv, environment)).toThrow(message)
})
