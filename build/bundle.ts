import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import type { Context } from '../cmd/command.ts'
import { commands } from '../cmd/commands.ts'
import { run } from '../cmd/root.ts'
import { bundlePage, type PageAssets } from '../lib/report/html/assets.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Command lines whose answer never changes, see launcher.ts. */
const FIXED_QUESTIONS: readonly string[] = ['', '--help', '-h', 'help', '--version', 'version']

const common: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // A script that is evaluated has no import(); require() of built-in modules does the same.
  supported: { 'dynamic-import': false },
  write: false,
}

// yargs and others ask for their own place in the file system.
const ownPlace = {
  define: { 'import.meta.url': '__moduleUrl' },
  banner: { js: "const __moduleUrl=require('node:url').pathToFileURL(__filename).href;" },
}

export interface Program {
  readonly code: string
  /** Which files of which packages are in it and in the launcher, for the licences. */
  readonly metafiles: readonly Metafile[]
  /** Changes whenever anything in the bundle would. */
  readonly digest: string
}

/** First stage: the whole program as one CommonJS script, not compressed yet. */
export async function bundleProgram(version: string): Promise<Program> {
  const page = bundlePage()
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ['cmd/kubectl-perf.ts'],
    metafile: true,
    write: false,
    define: ownPlace.define,
    banner: ownPlace.banner,
    plugins: [lighterDependencies, readyPage(page)],
  })
  const code = outputFiles[0]?.text ?? ''
  const launcher = await buildLauncher({ code: '' }, version)
  const digest = createHash('sha256').update(code).update(launcher.code).digest('hex')
  return { code, metafiles: [metafile, page.metafile, launcher.metafile], digest }
}

/** Second stage: the script that the binary starts, with the program inside. One CommonJS script without dependencies. */
export async function bundleLauncher(program: Pick<Program, 'code'>, version: string): Promise<string> {
  return (await buildLauncher(program, version)).code
}

async function buildLauncher(
  program: Pick<Program, 'code'>,
  version: string,
): Promise<{ readonly code: string; readonly metafile: Metafile }> {
  const compressed = await promisify(brotliCompress)(program.code, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: program.code.length },
  })
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ['build/launcher.ts'],
    metafile: true,
    write: false,
    banner: ownPlace.banner,
    plugins: [lighterDependencies],
    define: {
      ...ownPlace.define,
      ANSWERS: JSON.stringify(await fixedAnswers(version)),
      // JSON leaves the functions that run the commands out: what stays is how they are declared.
      COMMANDS: JSON.stringify(JSON.stringify(commands)),
      PROGRAM: JSON.stringify(compressed.toString('base64')),
    },
  })
  return { code: outputFiles[0]?.text ?? '', metafile }
}

async function fixedAnswers(version: string): Promise<Record<string, string>> {
  const answers: Record<string, string> = {}
  for (const question of FIXED_QUESTIONS) {
    let answer = ''
    const context = answeringContext(version, (text) => {
      answer += text
    })
    const exitCode = await run(question === '' ? [] : [question], context)
    if (exitCode !== 0) throw new Error(`"kubectl perf ${question}" should have a fixed answer, but exits ${exitCode}`)
    answers[question] = answer
  }
  return answers
}

function answeringContext(version: string, write: (text: string) => void): Context {
  return {
    io: {
      stdin: process.stdin,
      stdout: { write },
      stderr: process.stderr,
    },
    environment: {},
    homeDirectory: '',
    workingDirectory: '',
    signal: new AbortController().signal,
    clock: { now: () => new Date(), monotonicMs: () => 0 },
    version,
    platform: '',
    connect: () => Promise.reject(new Error('a fixed answer needs no cluster')),
    registerCleanup: () => ({ [Symbol.dispose]() {} }),
  }
}

// Only the parser of yargs is used. What it has for its help and its search for configuration files would be loaded with
// it: modules that take tens of milliseconds to start. string-width see its stand-in.
const lighterDependencies: Plugin = {
  name: 'lighter-dependencies',
  setup(build) {
    build.onResolve({ filter: /platform-shims\/esm\.mjs$/ }, ({ importer }) =>
      importer.includes('/yargs/helpers/') ? { path: 'platform-shim', namespace: 'unused' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'export default undefined', loader: 'js' }))
    build.onResolve({ filter: /^string-width$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: join(ROOT, 'build/shims/string-width.ts') } : undefined,
    )
  },
}

// The script and the style sheet of HTML pages are ready in the program, which has no bundler to make them with.
function readyPage({ script, style }: PageAssets): Plugin {
  const contents = `export const pageAssets = () => (${JSON.stringify({ script, style })})`
  return {
    name: 'ready-page',
    setup(build) {
      build.onLoad({ filter: /lib[\\/]report[\\/]html[\\/]assets\.ts$/ }, () => ({ contents, loader: 'js' }))
    },
  }
}
