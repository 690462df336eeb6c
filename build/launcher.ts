import type { Declaration } from '../cmd/command.ts'
import { COMPLETE } from '../cmd/completion/complete-word.ts'
import { ERROR, PASSED } from '../cmd/exit-code.ts'
import { watchOutput } from '../cmd/output-fault.ts'
import { DEFAULT_COLUMNS } from '../cmd/text-layout.ts'

// The script that the binary starts. Questions that need no work (--help, --version) are answered at once; the program
// itself lies beside them as a compressed text, so that the engine need not even read it for them.

/** Texts by command line, put in by the bundler. */
declare const ANSWERS: Readonly<Record<string, string>>
/** The declarations of the commands, as JSON; put in by the bundler. */
declare const COMMANDS: string
/** The program: CommonJS, brotli, base64; put in by the bundler. */
declare const PROGRAM: string

const words = process.argv.slice(2)
const answer = words.length <= 1 ? ANSWERS[words.join('')] : undefined
// The fixed answers are laid out for 80 columns.
if (answer !== undefined && (process.stdout.columns ?? DEFAULT_COLUMNS) >= DEFAULT_COLUMNS) print(answer)
else if (words[0] === COMPLETE) void printCompletion()
else if (words[0] === 'help' || ['--help', '-h'].includes(words.at(-1) ?? '')) void printHelp()
else void startProgram()

function print(text: string): void {
  const outputFailed = watchOutput(process)
  process.stdout.write(text, () => {
    setImmediate(() => process.exit(outputFailed() ? ERROR : PASSED))
  })
}

// Names of a cluster are the program's work.
async function printCompletion(): Promise<void> {
  const { answerCompletion } = await import('../cmd/completion/answer.ts')
  const completion = await answerCompletion(words.slice(1), declarations(), undefined)
  if (completion === undefined) await startProgram()
  else print(completion)
}

async function printHelp(): Promise<void> {
  const { answerHelp } = await import('../cmd/help.ts')
  const help = answerHelp(words, declarations(), process.stdout.columns || DEFAULT_COLUMNS)
  if (help === undefined) await startProgram()
  else print(help)
}

function declarations(): readonly Declaration[] {
  return JSON.parse(COMMANDS) as readonly Declaration[]
}

// What it takes to unpack is loaded only here, too.
async function startProgram(): Promise<void> {
  const { createRequire } = await import('node:module')
  const { runInThisContext } = await import('node:vm')
  const { brotliDecompressSync } = await import('node:zlib')
  const source = brotliDecompressSync(Buffer.from(PROGRAM, 'base64')).toString()
  const start = runInThisContext(`(function (require, module, exports, __filename) {${source}\n})`, {
    filename: 'kubectl-perf.cjs',
  }) as (require: NodeJS.Require, module: object, exports: object, filename: string) => void
  const module = { exports: {} }
  start(createRequire(__filename), module, module.exports, __filename)
}
