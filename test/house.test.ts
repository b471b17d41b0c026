/** The house proves itself: nothing half-added, nothing in the wrong room, no link into the void. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { carriers } from '../src/carriers/index.ts'
import { ERRORS } from '../src/domain/errors.ts'
import { PLATFORMS } from '../src/platforms/index.ts'
import { MESSAGES } from '../src/words/index.ts'

const ROOT = join(import.meta.dirname, '..')
const IGNORED = new Set(['node_modules', '.git', 'data', 'dist', 'test-results', 'recordings'])

function files(folder: string, ends: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : files(path, ends)
    return ends.test(entry.name) ? [path] : []
  })
}
const folders = (folder: string) =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const sources = () => files('src', /\.ts$/).filter((path) => !path.endsWith('.test.ts'))

/** Keys of nested messages with the names of their ICU arguments: `errors.url-invalid.title` → [reason]. */
function sentences(messages: object, prefix = ''): Map<string, { text: string; values: string[] }> {
  const found = new Map<string, { text: string; values: string[] }>()
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') {
      // Not the branches of a plural: `one {commande}`.
      const values = [...value.matchAll(/(?<!(?:zero|one|two|few|many|other|=\d+)\s*)\{\s*(\w+)\s*[,}]/g)].map(
        (match) => match[1]!,
      )
      found.set(prefix + key, { text: value, values: [...new Set(values)].sort() })
    } else {
      for (const [inner, sentence] of sentences(value as object, `${prefix}${key}.`)) found.set(inner, sentence)
    }
  }
  return found
}

describe('registers', () => {
  test('every folder of a platform is in the list, sorted, with a fake shop, setup pages and a test', () => {
    const listed = PLATFORMS.map((platform) => platform.manifest.id)

    expect(listed).toEqual(folders('src/platforms').sort())
    for (const id of listed) {
      const inside = readdirSync(join(ROOT, 'src/platforms', id))
      expect(inside, id).toEqual(expect.arrayContaining(['manifest.ts', 'fake-shop.ts', 'setup.fr.md', 'setup.en.md']))
      expect(inside.filter((name) => name.endsWith('.test.ts')).length, id).toBeGreaterThan(0)
    }
  })

  test('every folder of a carrier is in the list, sorted', () => {
    expect(carriers.map((carrier) => carrier.manifest.id)).toEqual(folders('src/carriers').sort())
  })
})

describe('words', () => {
  const fr = sentences(MESSAGES.fr)

  test.each(Object.keys(MESSAGES).filter((locale) => locale !== 'fr'))(
    '%s has the keys of fr, with the same values',
    (locale) => {
      const other = sentences(MESSAGES[locale as keyof typeof MESSAGES])

      expect([...other.keys()].sort()).toEqual([...fr.keys()].sort())
      for (const [key, sentence] of fr)
        expect({ key, values: other.get(key)!.values }).toEqual({ key, values: sentence.values })
    },
  )

  test('French puts a narrow no-break space before double punctuation and inside guillemets', () => {
    const wrong = [...fr].filter(([key, { text }]) => {
      if (key === 'web.csv.exampleFile') return false // a file, not a sentence
      // ICU's own colons and plural forms are no sentences; addresses hold "://".
      const prose = text.replace(/\{\w+, (?:plural|select)[^{]*/g, '').replace(/\w+:\/\/\S*/g, '')
      return /[^\s\u202f\u00a0\d:][;!?»]|[A-Za-zÀ-ÿ]:(?:\s|$)| [;:!?»]|«[^\u202f\u00a0]/.test(prose)
    })

    expect(wrong.map(([key, { text }]) => `${key}: ${text}`)).toEqual([])
  })

  test.each(Object.keys(MESSAGES))('every error code has a sentence and what to do in %s', (locale) => {
    const words = sentences(MESSAGES[locale as keyof typeof MESSAGES])

    const missing = Object.keys(ERRORS).filter(
      (code) => !words.has(`errors.${code}.title`) || !words.has(`errors.${code}.todo`),
    )

    expect(missing).toEqual([])
  })
})

describe('rooms', () => {
  test('only config.ts reads the environment, only clock.ts the time', () => {
    const envReaders = sources().filter((path) => /process\.env/.test(read(path)))
    const clockReaders = sources().filter((path) => /Date\.now\(\)|new Date\(\)/.test(read(path)))

    expect(envReaders.filter((path) => path !== 'src/config.ts')).toEqual([])
    expect(clockReaders.filter((path) => path !== 'src/domain/clock.ts')).toEqual([])
  })

  test('the web app imports nothing of the server but the words', () => {
    const foreign = files('web', /\.tsx?$/).flatMap((path) =>
      [...read(path).matchAll(/from '(\.\.\/[^']+)'/g)]
        .map((match) => relative(ROOT, join(ROOT, dirname(path), match[1]!)))
        .filter((target) => target.startsWith('src/') && !target.startsWith('src/words/'))
        .map((target) => `${path} → ${target}`),
    )

    expect(foreign).toEqual([])
  })
})

describe('pages', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...files('docs', /\.md$/)]

  test.each(pages)('every link of %s resolves', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!)
    const local = targets.filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith('/'))

    expect(local.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([])
  })

  test('every test that a page names exists', () => {
    const named = [...read('docs/what-can-go-wrong.md').matchAll(/`((?:src|test)\/[^`]+)`/g)].map((match) => match[1]!)

    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})

describe('the package', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version?: string; resolved?: string }>
  }
  const manifest = JSON.parse(read('package.json')) as {
    optionalDependencies: Record<string, string>
    dependencies: Record<string, string>
  }

  test('the lock holds Node and PostgreSQL for every system, and names no registry', () => {
    const pinned = Object.entries(manifest.optionalDependencies).map(([name, version]) => [
      name,
      lock.packages[`node_modules/${name}`]?.version,
      version,
    ])

    expect(pinned.filter(([, locked, wanted]) => locked !== wanted)).toEqual([])
    expect(Object.values(lock.packages).filter((entry) => entry.resolved)).toEqual([])
  })

  test('every version is exact', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.optionalDependencies }).filter(([, version]) =>
      /^[\^~>*]/.test(version),
    )

    expect(loose).toEqual([])
  })

  test('nothing tracked is ignored, and nothing of a running hub is tracked', () => {
    const tracked = execFileSync('git', ['ls-files', '-ci', '--exclude-standard'], {
      cwd: ROOT,
      encoding: 'utf8',
    }).trim()

    expect(tracked).toBe('')
  })
})
