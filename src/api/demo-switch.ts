/** The part of the demo shop that the API turns on; `app.ts` hands it in. */
import type { Integration } from '../domain/integration.ts'
import type { Sight } from '../domain/platform.ts'

export interface DemoSwitch {
  running(): boolean
  /** Starts the demo shop and connects it to the workspace. */
  connect(workspaceId: string): Promise<{ integration: Integration; saw: Sight[] }>
}
