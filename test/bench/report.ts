import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { pageAssets } from '../../lib/report/html/assets.ts'
import { htmlReport } from '../../lib/report/html/html-report.ts'
import { startChromium } from '../browser/chromium.ts'
import { largeRecord } from '../lib/report/html/recorded.ts'

const ROUNDS = 10

/**
 * How long Chromium takes to show the page of a run with so many samples, all plots drawn, beside an empty page: both in
 * turn, so that the machine's other work hits them alike.
 */
export async function benchReport(samples: number): Promise<void> {
  const record = largeRecord(samples)
  const assets = pageAssets()
  const started = performance.now()
  const text = [...htmlReport(record, {}, assets)].join('')
  const writtenMs = performance.now() - started
  const folder = await mkdtemp(join(tmpdir(), 'bench-report-'))
  const browser = await startChromium()
  try {
    const pages = { empty: '<!doctype html><title>empty</title>', report: text }
    const times: Record<keyof typeof pages, number[]> = { empty: [], report: [] }
    for (const [name, content] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), content)
    for (let round = -1; round < ROUNDS; round++) {
      for (const name of ['empty', 'report'] as const) {
        const ms = await timeToShow(browser, pathToFileURL(join(folder, `${name}.html`)).href)
        if (round >= 0) times[name].push(ms)
      }
    }
    const { size } = await stat(join(folder, 'report.html'))
    const [floor, shown] = [median(times.empty), median(times.report)]
    console.log(`Report of ${samples} samples: medians of ${ROUNDS} rounds; load ${(loadavg()[0] ?? 0).toFixed(1)}`)
    console.log(`written in ${writtenMs.toFixed(0)}ms, ${(size / 1e3).toFixed(0)} kB`)
    console.log(
      `shown, all plots drawn, in ${shown.toFixed(0)}ms; an empty page in ${floor.toFixed(0)}ms; ratio ${(shown / floor).toFixed(1)}`,
    )
  } finally {
    await browser.close()
    await rm(folder, { recursive: true })
  }
}

/** From asking for the page until its first frame after all that it draws. */
async function timeToShow(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage()
  await page.goto(url)
  const ms = await page.evaluate<number>(
    'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))))',
  )
  await page.close()
  return ms
}

function median(sample: readonly number[]): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}
