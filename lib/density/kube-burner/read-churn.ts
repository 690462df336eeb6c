import {
  finish,
  lineOf,
  type MapReader,
  openMap,
  take,
  takeBoolean,
  takeChoice,
  takeDurationMs,
  takeInteger,
  takeWithoutEffect,
} from './config-reader.ts'
import type { ChurnConfig } from './kube-burner-config.ts'

const MODES = ['namespaces', 'objects'] as const
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

const FLAT_KEYS = ['churnCycles', 'churnPercent', 'churnDuration', 'churnDelay', 'churnDeletionStrategy']

/** Churn in the form of kube-burner 2 (`churnConfig`) or in that of version 1 (`churn: true`, `churnPercent` …). */
export function takeChurn(reader: MapReader): ChurnConfig | undefined {
  const tree = take(reader, 'churnConfig')
  const flat = takeFlatChurn(reader)
  if (tree === undefined) return flat
  const map = openMap(tree, 'churnConfig', reader.context)
  const churn = churnOf({
    mode: takeChoice(map, 'mode', MODES) ?? 'namespaces',
    percent: takeInteger(map, 'percent', 0, 0),
    cycles: takeInteger(map, 'cycles', 0, 0),
    durationMs: takeDurationMs(map, 'duration', 0),
    delayMs: takeDurationMs(map, 'delay', 0),
    deleteDelayMs: takeDurationMs(map, 'deleteDelay', 0),
  })
  finish(map)
  return churn
}

// The defaults of version 1: 10 % every 5 minutes for an hour, 100 cycles at most.
function takeFlatChurn(reader: MapReader): ChurnConfig | undefined {
  if (!takeBoolean(reader, 'churn', false)) {
    takeWithoutEffect(reader, FLAT_KEYS)
    return undefined
  }
  const churn = churnOf({
    mode: 'namespaces',
    percent: takeInteger(reader, 'churnPercent', 10, 0),
    cycles: takeInteger(reader, 'churnCycles', 100, 0),
    durationMs: takeDurationMs(reader, 'churnDuration', HOUR_MS),
    delayMs: takeDurationMs(reader, 'churnDelay', 5 * MINUTE_MS),
    deleteDelayMs: 0,
  })
  if (takeChoice(reader, 'churnDeletionStrategy', ['default', 'gvr']) === 'gvr') {
    reader.context.warnings.push(
      `churnDeletionStrategy gvr (line ${lineOf(reader, 'churnDeletionStrategy')}) is not followed: namespaces are deleted as a whole`,
    )
  }
  return churn
}

// Without an end there is no churn; 0 is no end.
function churnOf({
  cycles,
  durationMs,
  ...churn
}: { cycles: number; durationMs: number } & ChurnConfig): ChurnConfig | undefined {
  if (cycles === 0 && durationMs === 0) return undefined
  return { ...churn, cycles: cycles === 0 ? undefined : cycles, durationMs: durationMs === 0 ? undefined : durationMs }
}
