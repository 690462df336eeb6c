import { createHash } from 'node:crypto'
import { ComponentType, ExternalReferenceType } from '@cyclonedx/cyclonedx-library/Enums'
import {
  Bom,
  Component,
  ComponentRepository,
  ExternalReference,
  ExternalReferenceRepository,
  LicenseExpression,
  LicenseRepository,
  Metadata,
  SpdxLicense,
} from '@cyclonedx/cyclonedx-library/Models'
import { JSON as JsonForm, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize'
import { isSupportedSpdxId } from '@cyclonedx/cyclonedx-library/SPDX'
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec'
import type { BundledPackage } from './bundled-packages.ts'

/** Of `process.versions`: numbers of interfaces and of data, not of software. */
const NO_SOFTWARE = ['node', 'modules', 'napi', 'unicode', 'cldr', 'tz']

export interface Materials {
  /** Of kubectl-perf, with `v`. */
  readonly version: string
  readonly packages: readonly BundledPackage[]
  /** Of Node and of what is built into it: `process.versions` of the Node that is in the executables. */
  readonly nodeVersions: Readonly<Record<string, string | undefined>>
  readonly time: Date
}

/** The bill of materials of the executables, which are made of the same on every platform: CycloneDX 1.6 as JSON. */
export function renderBillOfMaterials({ version, packages, nodeVersions, time }: Materials): string {
  const product = new Component(ComponentType.Application, 'kubectl-perf', {
    version,
    bomRef: `pkg:generic/kubectl-perf@${version}`,
    purl: `pkg:generic/kubectl-perf@${version}`,
    licenses: licenceOf('Apache-2.0'),
  })
  const parts = [...packages.map(packageComponent), nodeComponent(nodeVersions)]
  for (const part of parts) product.dependencies.add(part.bomRef)
  const bom = new Bom({
    metadata: new Metadata({ timestamp: time, component: product }),
    components: new ComponentRepository(parts),
  })
  const serializer = new JsonSerializer(new JsonForm.Normalize.Factory(Spec1dot6))
  // A number of its own for each content, and the same for the same.
  bom.serialNumber = `urn:uuid:${uuidOf(serializer.serialize(bom, { sortLists: true }))}`
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`
}

function packageComponent({ name, version, licence, description, homepage }: BundledPackage): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const [group, shortName] = name.startsWith('@') ? name.split('/', 2) : [undefined, name]
  return new Component(ComponentType.Library, shortName ?? name, {
    ...(group === undefined ? {} : { group }),
    version,
    description,
    bomRef: purl,
    purl,
    licenses: licenceOf(licence),
    ...(homepage === undefined
      ? {}
      : {
          externalReferences: new ExternalReferenceRepository([
            new ExternalReference(homepage, ExternalReferenceType.Website),
          ]),
        }),
  })
}

function nodeComponent(versions: Materials['nodeVersions']): Component {
  const builtIn = Object.entries(versions).flatMap(([name, version]) => {
    if (version === undefined || NO_SOFTWARE.includes(name)) return []
    const purl = `pkg:generic/${name}@${version}`
    return [new Component(ComponentType.Library, name, { version, bomRef: purl, purl })]
  })
  const purl = `pkg:generic/node@${versions.node}`
  return new Component(ComponentType.Platform, 'node', {
    version: versions.node ?? '',
    bomRef: purl,
    purl,
    description: 'Node.js, with the libraries that are built into it',
    licenses: licenceOf('MIT'),
    components: new ComponentRepository(builtIn),
  })
}

function licenceOf(licence: string): LicenseRepository {
  return new LicenseRepository([isSupportedSpdxId(licence) ? new SpdxLicense(licence) : new LicenseExpression(licence)])
}

/** A UUID (RFC 9562, version 8) of a text. */
function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex')
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-')
}
