import type { CompletionHint } from '../option-table.ts'
import { type Candidate, type CompletableCommand, complete, valuesFor } from './complete.ts'
import { renderAnswer } from './protocol.ts'

/** What only a cluster or a kubeconfig knows. */
export type LiveHint = Exclude<CompletionHint, 'files' | 'directories' | 'metrics'>

/** Finds names that go on where `typed` ends; no names where they cannot be had. */
export type FindNames = (hint: LiveHint) => Promise<readonly Candidate[]>

/**
 * The answer to `kubectl perf __complete WORDS…`, where the last word is the one being typed.
 * @param findNames undefined: leave names alone
 * @returns undefined where it takes names and there is no way to find them
 */
export async function answerCompletion(
  words: readonly string[],
  commands: readonly CompletableCommand[],
  findNames: FindNames | undefined,
): Promise<string | undefined> {
  const { candidates, goesOn, hint, typed = { text: '', isList: false } } = complete(words, commands)
  if (hint === undefined) return renderAnswer(candidates, { goesOn })
  if (hint === 'files' || hint === 'directories') return renderAnswer(candidates, { goesOn, also: hint })
  if (hint === 'metrics') {
    const { metricCandidates } = await import('./metric-names.ts')
    return renderAnswer(valuesFor(typed, metricCandidates(typed.text)), { goesOn: true })
  }
  if (findNames === undefined) return undefined
  return renderAnswer([...candidates, ...valuesFor(typed, await findNames(hint))], { goesOn })
}
