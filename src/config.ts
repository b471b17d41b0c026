/**
 * Every setting of the hub: one table, one row per setting. The only file that reads the environment.
 *
 * All mistakes are reported at once, each with the setting's name and what to write instead: whoever sets up a server
 * should not meet them one restart at a time. The page docs/config.md is made from the same rows.
 */
import { homedir } from 'node:os'
import { BlockList, isIP } from 'node:net'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { HubError } from './domain/errors.ts'

const ROOT = dirname(import.meta.dirname)

export interface SettingRow {
  env: string
  /** Shape of the text in the environment; its error message completes "<NAME>: …". */
  shape: z.ZodType<unknown, string>
  /** As text, for people; undefined: nothing is set. */
  fallback?: string
  /** Never shown, logged or printed. */
  secret?: boolean
  sentence: { en: string; fr: string }
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `write a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `write a whole number from ${least} to ${most}`)

const list = (isRight: (item: string) => boolean, advice: string) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    )
    .superRefine((items, context) => {
      for (const item of items)
        if (!isRight(item)) context.addIssue({ code: 'custom', message: `"${item}" is not ${advice}` })
    })

const yesOrNo = z
  .string()
  .refine((text) => /^(true|false|1|0|yes|no)$/i.test(text), 'write true or false')
  .transform((text) => /^(true|1|yes)$/i.test(text))

const webAddress = (advice: string) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), advice)
    .transform((text) => text.replace(/\/+$/, ''))

const postgresUrl = z.string().refine((text) => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol), {
  message: 'write postgres://user:password@host:5432/database',
})

const SHORTEST_SECRET = 16
const secretText = z.string().refine((text) => text.length >= SHORTEST_SECRET, {
  message: `write at least ${SHORTEST_SECRET} characters by chance, for example the output of: openssl rand -base64 32`,
})

// RFC 9110 §5.6.2 (token) and §10.1.5 (User-Agent): what may stand in the header the name is sent in.
const productName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, 'write one word of letters, digits and -._')

export const SETTINGS = {
  port: {
    env: 'PORT',
    shape: wholeNumber(0, 65535),
    fallback: '8080',
    sentence: { en: 'Port of the web app and the API.', fr: 'Port de l’application web et de l’API.' },
  },
  host: {
    env: 'HOST',
    shape: z.string().regex(/^[\w.:-]+$/, 'write an address to listen on, for example 0.0.0.0'),
    fallback: '127.0.0.1',
    sentence: {
      en: 'Address the hub listens on. The default is reached from this machine only.',
      fr: 'Adresse d’écoute. Par défaut, seule cette machine y accède.',
    },
  },
  publicUrl: {
    env: 'PUBLIC_URL',
    shape: webAddress('write the address people type, for example https://hub.example.com'),
    sentence: {
      en: 'Address under which shops and people reach the hub. With it, shops announce changes by webhook.',
      fr: 'Adresse sous laquelle les boutiques et les personnes joignent le hub. Elle permet les webhooks.',
    },
  },
  trustProxy: {
    env: 'TRUST_PROXY',
    shape: yesOrNo,
    fallback: 'false',
    sentence: {
      en: 'Take the last address of X-Forwarded-For for the caller’s: only behind a proxy of your own that sets it.',
      fr: 'Croire la dernière adresse de X-Forwarded-For : seulement derrière votre propre proxy, qui l’écrit.',
    },
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    shape: postgresUrl,
    secret: true,
    sentence: {
      en: 'Your own PostgreSQL, 15 or newer. Without it the hub runs one of its own in the data folder.',
      fr: 'Votre propre PostgreSQL, version 15 ou plus. Sans ce réglage, le hub lance le sien dans le dossier de données.',
    },
  },
  databaseConnections: {
    env: 'DATABASE_CONNECTIONS',
    shape: wholeNumber(2, 200),
    fallback: '10',
    sentence: {
      en: 'Most database connections of one process.',
      fr: 'Nombre maximal de connexions à la base par processus.',
    },
  },
  dataDir: {
    env: 'PASSERELLE_DATA',
    shape: z.string().transform(absolute),
    fallback: './data',
    sentence: {
      en: 'Data folder: the embedded database, its backups, the socket of the command line. Relative to the program’s folder.',
      fr: 'Dossier de données : base embarquée, sauvegardes, socket de la ligne de commande. Relatif au dossier du programme.',
    },
  },
  secret: {
    env: 'PASSERELLE_SECRET',
    shape: secretText,
    secret: true,
    sentence: {
      en: 'Secret the key for saved shop logins is derived from; without it the key lies in a file.',
      fr: 'Secret dont dérive la clé des identifiants enregistrés ; sans lui, la clé est dans un fichier.',
    },
  },
  secretPrevious: {
    env: 'PASSERELLE_SECRET_PREVIOUS',
    shape: secretText,
    secret: true,
    sentence: {
      en: 'The secret before, while it is being replaced: it still opens what it closed, until `passerelle rotate-key` has run.',
      fr: 'Le secret précédent, le temps de le remplacer : il ouvre encore ce qu’il a fermé, jusqu’à `passerelle rotate-key`.',
    },
  },
  secretFile: {
    env: 'PASSERELLE_SECRET_FILE',
    shape: z.string().transform(absolute),
    fallback: 'passerelle.key beside the data folder',
    sentence: {
      en: 'File of that key when PASSERELLE_SECRET is not set; made at the first start, readable by its owner only. Not part of a backup.',
      fr: 'Fichier de cette clé si PASSERELLE_SECRET n’est pas défini ; créé au premier démarrage, lisible par son seul propriétaire. Absent des sauvegardes.',
    },
  },
  identityName: {
    env: 'IDENTITY_NAME',
    shape: productName,
    fallback: 'Sendcloud’s',
    sentence: {
      en: 'Name in the User-Agent the hub calls shops with. Set it unless you are Sendcloud.',
      fr: 'Nom dans le User-Agent des appels aux boutiques. À définir si vous n’êtes pas Sendcloud.',
    },
  },
  identityVersion: {
    env: 'IDENTITY_VERSION',
    shape: productName,
    sentence: { en: 'Version in that User-Agent.', fr: 'Version dans ce User-Agent.' },
  },
  identityUrl: {
    env: 'IDENTITY_URL',
    shape: webAddress('write an address, for example https://www.example.com'),
    sentence: {
      en: 'Address in that User-Agent, where a host finds out who calls.',
      fr: 'Adresse dans ce User-Agent, où un hébergeur apprend qui appelle.',
    },
  },
  egressAddresses: {
    env: 'EGRESS_ADDRESSES',
    shape: list((item) => isIP(item) !== 0, 'an IPv4 or IPv6 address'),
    sentence: {
      en: 'Addresses of this machine that calls to shops leave from (v4, v6, separated by commas), shown on /egress.',
      fr: 'Adresses de cette machine d’où partent les appels aux boutiques (v4, v6, séparées par des virgules), publiées sur /egress.',
    },
  },
  publishedEgress: {
    env: 'PUBLISHED_EGRESS',
    shape: list(isCidr, 'an address or a range such as 203.0.113.0/28'),
    sentence: {
      en: 'What /egress shows instead, when a router translates the addresses (ranges, separated by commas).',
      fr: 'Ce que /egress publie à la place, si un routeur traduit les adresses (plages, séparées par des virgules).',
    },
  },
  allowedPrivateOrigins: {
    env: 'ALLOWED_PRIVATE_ORIGINS',
    shape: list(isOrigin, 'an origin such as http://shop.lan:8080 or workspace=http://shop.lan:8080'),
    sentence: {
      en: 'Shops on private addresses the hub may call: exact origins, optionally for one workspace only.',
      fr: 'Boutiques sur adresses privées que le hub peut appeler : origines exactes, éventuellement pour un seul espace.',
    },
  },
  workerConcurrency: {
    env: 'WORKER_CONCURRENCY',
    shape: wholeNumber(1, 64),
    fallback: '4',
    sentence: {
      en: 'Integrations one process works on at the same time.',
      fr: 'Intégrations traitées en même temps par un processus.',
    },
  },
  metricsToken: {
    env: 'METRICS_TOKEN',
    shape: z.string().min(16, 'write at least 16 characters'),
    secret: true,
    sentence: {
      en: 'Bearer token that opens /metrics to other machines; without it only this machine reads it.',
      fr: 'Jeton qui ouvre /metrics aux autres machines ; sans lui, seule cette machine y accède.',
    },
  },
  logLevel: {
    env: 'LOG_LEVEL',
    shape: z.enum(LOG_LEVELS, `write one of ${LOG_LEVELS.join(', ')}`),
    fallback: 'info',
    sentence: { en: 'How much the log says.', fr: 'Niveau de détail du journal.' },
  },
} satisfies Record<string, SettingRow>

type Row = typeof SETTINGS
type Value<K extends keyof Row> = z.output<Row[K]['shape']>
/** Settings that have a value whatever the environment says. */
type Filled =
  | 'port'
  | 'host'
  | 'trustProxy'
  | 'databaseConnections'
  | 'dataDir'
  | 'secretFile'
  | 'egressAddresses'
  | 'publishedEgress'
  | 'allowedPrivateOrigins'
  | 'workerConcurrency'
  | 'logLevel'

export type Config = { [K in Filled]: Value<K> } & { [K in Exclude<keyof Row, Filled>]?: Value<K> }
export type Environment = Record<string, string | undefined>

/** @throws HubError `config-invalid`; its `params.settings` has one line per wrong setting */
export function readConfig(env: Environment = process.env): Config {
  const values: Record<string, unknown> = { egressAddresses: [], publishedEgress: [], allowedPrivateOrigins: [] }
  const problems: string[] = []
  for (const [name, row] of Object.entries<SettingRow>(SETTINGS)) {
    const text = env[row.env]?.trim() || (name === 'secretFile' || name === 'identityName' ? undefined : row.fallback)
    if (text === undefined) continue // nothing set: an empty variable counts as none
    const read = row.shape.safeParse(text)
    if (read.success) values[name] = read.data
    else for (const issue of read.error.issues) problems.push(`${row.env}: ${issue.message}`)
  }
  values.secretFile ??= `${values.dataDir ? dirname(values.dataDir as string) : ROOT}/passerelle.key`
  problems.push(...contradictions(values as Partial<Config>))
  if (problems.length === 0) return values as unknown as Config

  const text = problems.join('\n')
  throw new HubError('config-invalid', text, { field: text.split(':')[0]!, params: { settings: text } })
}

function contradictions(config: Partial<Config>): string[] {
  const found: string[] = []
  const branded = config.identityVersion !== undefined || config.identityUrl !== undefined
  if (branded && config.identityName === undefined) {
    found.push('IDENTITY_NAME: write your name as well, or leave IDENTITY_VERSION and IDENTITY_URL away')
  }
  if (config.secretPrevious && !config.secret) {
    found.push('PASSERELLE_SECRET: write the new secret as well; PASSERELLE_SECRET_PREVIOUS only opens')
  }
  if (config.dataDir && config.secretFile && inside(config.secretFile, config.dataDir)) {
    found.push(
      'PASSERELLE_SECRET_FILE: name a file outside the data folder, or a copy of that folder opens every login',
    )
  }
  return found
}

/** The language of the terminal, by its locale. */
export function terminalLocale(env: Environment = process.env): 'fr' | 'en' {
  const wanted = (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').toLowerCase()
  return wanted.startsWith('fr') ? 'fr' : 'en'
}

function absolute(path: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? path : resolve(ROOT, path)
}

function inside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  if (bits === undefined) return true
  if (!/^\d{1,3}$/.test(bits)) return false
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false
  }
}

function isOrigin(text: string): boolean {
  const origin = /^[^=:/]+=(.*)$/.exec(text)?.[1] ?? text
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  const plain = url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
  return plain && /^https?:$/.test(url.protocol)
}
