/** One thing that was looked at after the storm. */
export interface Line {
  what: string
  found: string
  /** What must be so. */
  must: string
  ok: boolean
}

export const say = (text: string): void => void process.stderr.write(`${text}\n`)
