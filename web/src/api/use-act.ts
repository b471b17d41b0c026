/**
 * A mutation that is never made twice at once. A second click of a double click comes before the page is drawn
 * anew, when the button does not yet know that something runs.
 */
import { useMutation, type UseMutationOptions } from '@tanstack/react-query'
import { useRef } from 'react'

export function useAct<Data, Input = void>(options: UseMutationOptions<Data, Error, Input>) {
  const busy = useRef(false)
  const mutation = useMutation<Data, Error, Input>({
    ...options,
    onSettled: (...settled) => {
      busy.current = false
      return options.onSettled?.(...settled)
    },
  })
  const mutate: typeof mutation.mutate = (...input) => {
    if (busy.current) return
    busy.current = true
    mutation.mutate(...input)
  }
  return { ...mutation, mutate }
}
