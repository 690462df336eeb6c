import { readFile } from 'node:fs/promises'
import { validateXML } from 'xmllint-wasm'

/** What the schema that Jenkins goes by has against a JUnit report; empty where it is valid. By libxml2. */
export async function junitFaults(xml: string): Promise<string[]> {
  const schema = await readFile('test/fixtures/junit/junit-10.xsd', 'utf8')
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [{ fileName: 'junit-10.xsd', contents: schema }],
  })
  return errors.map(({ message }) => message)
}
