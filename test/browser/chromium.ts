import { type Browser, chromium } from 'playwright-core'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { installPackages } from '../cluster/debian-packages.ts'
import { findProgram } from '../cluster/executables.ts'
import { type Report, reportToStderr } from '../cluster/progress.ts'

// The browser that the page of a run is looked at with: the system's, since pages are opened in what people have.

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Makes sure that there is a Chromium: Debian's is installed where there is none, which needs root. */
export async function ensureChromium(report: Report): Promise<string> {
  const found = await findChromium()
  if (found !== undefined) return found
  if (process.getuid?.() !== 0) {
    throw new PerfError('The tests of HTML pages need Chromium', {
      advice: ['Install it: sudo apt-get install chromium'],
    })
  }
  await installPackages('The tests of HTML pages need', ['chromium', 'fonts-dejavu-core'], report)
  const installed = await findChromium()
  if (installed === undefined) throw new PerfError('After apt-get install chromium, there is still no Chromium')
  return installed
}

async function findChromium(): Promise<string | undefined> {
  for (const name of PROGRAMS) {
    const path = await findProgram(name)
    if (path !== undefined) return path
  }
  return undefined
}

/** Starts it without a window; whoever starts it closes it. */
export async function startChromium(): Promise<Browser> {
  const executablePath = await ensureChromium(reportToStderr)
  // Root has no sandbox, nor have containers; nothing but our own pages is opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
}
