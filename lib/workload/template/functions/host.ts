import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed } from '../template-function.ts'

/** What reaches outside the template: the environment and the files that the renderer was given, nothing else. */
export const hostFunctions: FunctionTable = {
  env: fixed(['string'], ([name], { environment }) => variable(environment, name)),
  expandenv: fixed(['string'], ([text], { environment }) => expandEnvironment(text, environment)),
  ReadFile: fixed(['string'], ([path], context) => readGivenFile(path, context)),
}

function variable(environment: CallContext['environment'], name: string): string {
  return (Object.hasOwn(environment, name) ? environment[name] : undefined) ?? ''
}

/** `$NAME` and `${NAME}` replaced, by nothing where there is no such variable (os.ExpandEnv). */
export function expandEnvironment(text: string, environment: CallContext['environment']): string {
  return text.replaceAll(/\$(?:\{([^}]*)\}|([A-Za-z0-9_]+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    return variable(environment, name)
  })
}

/** @throws TemplateFault where the renderer may not read it, or it is not there */
export function readGivenFile(path: string, { readFile }: CallContext): string {
  if (readFile === undefined) throw new TemplateFault('templates may read no files here')
  return readFile(path)
}
