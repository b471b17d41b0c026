/** Who tells the customer: exactly one of three, nobody unless chosen. */
import type { Tell } from '../api/shapes.ts'
import { Choice } from '../parts/field.tsx'
import { useWords } from '../words.ts'

interface Props {
  value: Tell
  offered: readonly Tell[]
  onChange: (tell: Tell) => void
}

export function TellChoice({ value, offered, onChange }: Props) {
  const t = useWords('add')
  return (
    <Choice
      legend={t('tell')}
      name="tell"
      value={value}
      onChange={(tell) => onChange(tell as Tell)}
      options={offered.map((tell) => ({ value: tell, label: t(`tells.${tell}`), hint: t(`tellHints.${tell}`) }))}
    />
  )
}
