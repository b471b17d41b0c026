/**
 * Pages and types made from code: `node tools/docs.ts` writes them. The test beside this file fails when one is
 * stale, so what is printed about an error, a setting or a route is what the code does.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { openApiDocument } from '../src/api/document.ts'

const ROOT = new URL('../', import.meta.url)

/** Path in the project → its text. */
export async function generated(): Promise<Map<string, string>> {
  const document = openApiDocument()
  const types = astToString(await openapiTS(document as unknown as OpenAPI3))
  return new Map([
    ['docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    ['web/api-types.ts', `/** Made by \`npm run docs\` from the OpenAPI document of src/api. Do not edit. */\n\n${types}`],
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await generated()) await writeFile(new URL(path, ROOT), text)
}
