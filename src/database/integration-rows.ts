/** An integration as its row holds it, and as the program sees it. */
import type { Integration, IntegrationOptions } from '../domain/integration.ts'
import { at, known } from './rows.ts'

/** An integration with what only the database knows about it. */
export interface SavedIntegration extends Integration {
  homeUrl: string
  siteFingerprint: string
  /** Equal for a shop and its staging copy. */
  copyMark?: string
  copyNo: number
  zone?: string
  /** Rows the shop carried in one page the last time. */
  pageSize: number
  removedAt?: string
}

export interface IntegrationRow {
  workspace_id: string
  id: string
  platform: string
  name: string
  url: string
  host_key: string
  home_url: string
  site_fingerprint: string
  copy_mark: string | null
  copy_no: number
  zone: string | null
  shop: Record<string, unknown>
  options: IntegrationOptions
  page_size: number
  disabled_at: string | null
  removed_at: string | null
  created_at: string
}

export const COLUMNS = `workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, copy_mark, copy_no, zone, shop,
  options, page_size, disabled_at, removed_at, created_at`

export function toIntegration(row: IntegrationRow): SavedIntegration {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    platform: row.platform,
    name: row.name,
    url: row.url,
    hostKey: row.host_key,
    shop: row.shop,
    options: row.options,
    disabledAt: at(row.disabled_at),
    createdAt: at(row.created_at)!,
    homeUrl: row.home_url,
    siteFingerprint: row.site_fingerprint,
    copyMark: known(row.copy_mark),
    copyNo: row.copy_no,
    zone: known(row.zone),
    pageSize: row.page_size,
    removedAt: at(row.removed_at),
  }
}
