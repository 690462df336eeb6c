import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const CHARTS = fileURLToPath(new URL('../../../fixtures/cilium-charts/', import.meta.url))

export interface ChartValues {
  readonly release: string
  readonly text: string
  readonly values: Values
}

export type Values = { readonly [name: string]: unknown }

/** The default values of all charts that there are fixtures of, oldest first. */
export function readCharts(): readonly ChartValues[] {
  const files = readdirSync(CHARTS).filter((name) => name.startsWith('values-'))
  return files
    .map((name) => {
      const text = readFileSync(`${CHARTS}${name}`, 'utf8')
      return { release: name.slice('values-'.length, -'.yaml'.length), text, values: parse(text) as Values }
    })
    .sort((a, b) => a.release.localeCompare(b.release, 'en', { numeric: true }))
}

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function valueAt(values: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isValues(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    values,
  )
}
