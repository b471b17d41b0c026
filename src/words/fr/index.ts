import { cli } from './cli.ts'
import { domain } from './domain.ts'
import { egress } from './egress.ts'
import { errors } from './errors.ts'
import { recognition } from './recognition.ts'
import { refusals } from './refusals.ts'
import { web } from './web.ts'

export const fr = { cli, domain, egress, errors, recognition, refusals, web } as const
