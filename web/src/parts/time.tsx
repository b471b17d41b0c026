/** A moment as people say it, with the whole date on hover. */
import { useFormats } from '../format.ts'

export function Ago({ at }: { at: string }) {
  const f = useFormats()
  return (
    <time dateTime={at} title={f.full(at)} className="nowrap">
      {f.ago(at)}
    </time>
  )
}
