import { useNavigate } from 'react-router'
import { announce } from '../parts/announce.tsx'
import { useWords } from '../words.ts'
import { api, need, newIntent } from './client.ts'
import { freshen } from './queries.ts'
import { useAct } from './use-act.ts'

/** One click: the demo shop starts, is connected, and its orders begin to arrive. */
export function useDemo() {
  const t = useWords('today')
  const navigate = useNavigate()
  return useAct({
    mutationFn: () => need(api.POST('/api/v1/demo', { headers: { 'idempotency-key': newIntent() } })),
    onMutate: () => announce(t('demoStarting')),
    onSuccess: async () => {
      announce(t('demoStarted'))
      await freshen()
      await navigate('/orders')
    },
  })
}
