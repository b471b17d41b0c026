/**
 * Pages and types made from code: `node tools/docs.ts` writes them. The test beside this file fails when one is
 * stale, so what is printed about an error, a setting or a route is what the code does.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { openApiDocument } from '../src/api/document.ts'
import { SETTINGS, type SettingRow } from '../src/config.ts'
import { ERRORS, HubError, type ErrorCode, type Recovery } from '../src/domain/errors.ts'
import { problemText } from '../src/words/problem.ts'

export const ROOT = join(import.meta.dirname, '..')

/** Path in the project → its text. */
export async function generated(): Promise<Map<string, string>> {
  const document = openApiDocument()
  const types = astToString(await openapiTS(document as unknown as OpenAPI3))
  return new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/config.md', configPage()],
    ['docs/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
    [
      'web/api-types.ts',
      `/** Made by \`npm run docs\` from the OpenAPI document of src/api. Do not edit. */\n\n${types}`,
    ],
  ])
}

const MADE = '<!-- Made by `npm run docs` from the code. Do not edit. -->'

const WHO: Record<Recovery, string> = {
  retry: 'the hub, later',
  human: 'the merchant or the host',
  skip: 'nobody now (quarantine)',
  'fix-input': 'whoever typed it',
  bug: 'us',
}

/** Sentences without their values: `{host}` stands for what the error carries. */
const plain = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()

/** Shown with the names of its values in place of them. */
const NAMES = new Proxy<Record<string, string>>({}, { get: (_, name) => `‹${String(name)}›` })

function errorsPage(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => {
    const error = new HubError(code, '')
    const { title, todo } = problemText('en', code, NAMES, '‹field›')
    return `| \`${code}\` | ${error.http} | ${WHO[error.recovery]} | ${plain(title)} | ${plain(todo)} |`
  })
  return `${MADE}

# Errors

Every failure the hub can name. The API answers with an RFC 9457 problem whose \`code\` is in the first column; the
sentences come in the language asked for (\`Accept-Language\`), with \`params\` in the place of ‹names›. Codes are stable,
sentences are not: programs read codes.

| code | HTTP | who acts | what is wrong | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`
}

function configPage(): string {
  const rows = Object.values<SettingRow>(SETTINGS).map(({ env, fallback, secret, sentence }) => {
    const standard = fallback === undefined ? '–' : `\`${fallback}\``
    return `| \`${env}\` | ${standard} | ${plain(sentence.en)}${secret ? ' *Secret.*' : ''} |`
  })
  return `${MADE}

# Settings

Environment variables, read once at the start. A wrong one stops the start and is named with what to write instead.

| setting | default | what it does |
|---|---|---|
${rows.join('\n')}
`
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of await generated()) await writeFile(join(ROOT, path), text)
}
