/**
 * What only the operator of this machine may ask, over the socket in the data folder: a backup written by the hub
 * itself, because the embedded database is reached by nobody else. Not part of the published API.
 */
import { isAbsolute } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import { writeBackup } from '../database/backup.ts'
import { HubError } from '../domain/errors.ts'
import type { Hub } from '../sync/hub.ts'
import type { Env } from './context.ts'
import { API } from './routes/declare.ts'

const BackupInput = z.strictObject({ path: z.string().max(4096).refine(isAbsolute, 'absolute') })

export function operatorRoutes(app: OpenAPIHono<Env>, hub: Hub): void {
  app.post(`${API}/operator/backup`, async (c) => {
    const input = BackupInput.safeParse(await c.req.json())
    if (!input.success)
      throw new HubError('field-invalid', 'path must be absolute', { field: 'path', params: { reason: 'format' } })
    return c.json(await writeBackup(hub.db, input.data.path, { clock: hub.clock }), 201)
  })
}
