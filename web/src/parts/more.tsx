import { useWords } from '../words.ts'

interface Props {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}

export function More({ list }: Props) {
  const t = useWords('common')
  if (!list.hasNextPage) return null
  return (
    <p>
      <button
        type="button"
        className="button"
        aria-disabled={list.isFetchingNextPage}
        onClick={() => void list.fetchNextPage()}
      >
        {t('more')}
      </button>
    </p>
  )
}
