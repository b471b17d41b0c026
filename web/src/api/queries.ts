/** What the pages read. Data is shown from what is known and then freshened; it is asked for often only while something moves. */
import { QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { api, ApiError, need } from './client.ts'
import type { Integration, Order, OrderFilters } from './shapes.ts'

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The hub is usually on this very machine: a browser that thinks it is offline must not stop asking.
      networkMode: 'always',
      refetchOnWindowFocus: true,
      staleTime: 2_000,
      gcTime: 30 * 60_000,
      retry: (count, error) => !(error instanceof ApiError && error.status >= 400 && error.status < 500) && count < 2,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
    },
    mutations: { networkMode: 'always' },
  },
})

const MOVING_MS = 2_000
const OFTEN_MS = 5_000
const CALM_MS = 15_000
const PAGE = 50

export const keys = {
  me: ['me'] as const,
  setupState: ['setup-state'] as const,
  counts: ['counts'] as const,
  integrations: ['integrations'] as const,
  integration: (id: string) => ['integrations', id] as const,
  log: (id: string, kind: string) => ['integrations', id, kind] as const,
  orders: ['orders'] as const,
  orderList: (filters: OrderFilters) => ['orders', 'list', filters] as const,
  order: (id: string) => ['orders', 'one', id] as const,
  orderRaw: (id: string, version: number) => ['orders', 'raw', id, version] as const,
  writebacks: ['writebacks'] as const,
  apiKeys: ['api-keys'] as const,
  platforms: ['platforms'] as const,
}

export const useSetupState = () =>
  useQuery({ queryKey: keys.setupState, queryFn: ({ signal }) => need(api.GET('/api/v1/setup-state', { signal })) })

export const useCounts = () =>
  useQuery({
    queryKey: keys.counts,
    queryFn: ({ signal }) => need(api.GET('/api/v1/counts', { signal })),
    refetchInterval: OFTEN_MS,
  })

const moves = (each: Integration) => each.syncing || each.backfill !== undefined

export const useIntegrations = () =>
  useQuery({
    queryKey: keys.integrations,
    queryFn: ({ signal }) => need(api.GET('/api/v1/integrations', { signal })),
    refetchInterval: ({ state }) => (state.data?.items.some(moves) ? MOVING_MS : OFTEN_MS),
  })

export const useIntegration = (id: string) =>
  useQuery({
    queryKey: keys.integration(id),
    queryFn: ({ signal }) => need(api.GET('/api/v1/integrations/{id}', { params: { path: { id } }, signal })),
    placeholderData: () =>
      queryClient.getQueryData<{ items: Integration[] }>(keys.integrations)?.items.find((each) => each.id === id),
    refetchInterval: ({ state }) => (state.data && moves(state.data) ? MOVING_MS : OFTEN_MS),
  })

export const usePlatforms = () =>
  useQuery({
    queryKey: keys.platforms,
    queryFn: ({ signal }) => need(api.GET('/api/v1/platforms', { signal })),
    staleTime: Infinity,
  })

export const useOrders = (filters: OrderFilters) =>
  useInfiniteQuery({
    queryKey: keys.orderList(filters),
    queryFn: ({ pageParam, signal }) =>
      need(
        api.GET('/api/v1/orders', {
          params: { query: { ...filters, limit: PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    placeholderData: (previous) => previous,
    // Rereading many pages for one new order is not worth it: only the first page keeps itself fresh.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 1 ? false : OFTEN_MS),
  })

const underWay = (order: Order) => order.writebacks.some((each) => each.state === 'planned' || each.state === 'sent')

export const useOrder = (id: string) =>
  useQuery({
    queryKey: keys.order(id),
    queryFn: ({ signal }) => need(api.GET('/api/v1/orders/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && underWay(state.data) ? MOVING_MS : CALM_MS),
  })

/** The shop's own record: asked for when somebody opens it. */
export const useOrderRaw = (id: string, version: number) =>
  useQuery({
    queryKey: keys.orderRaw(id, version),
    queryFn: ({ signal }) => need(api.GET('/api/v1/orders/{id}/raw', { params: { path: { id } }, signal })),
    staleTime: Infinity,
  })

export const useWritebacks = (query: { integration?: string; state?: 'refused' | 'in-doubt' }) =>
  useInfiniteQuery({
    queryKey: [...keys.writebacks, query],
    queryFn: ({ pageParam, signal }) =>
      need(
        api.GET('/api/v1/writebacks', {
          params: { query: { ...query, limit: 20, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 1 ? false : OFTEN_MS),
  })

const logQuery = (pageParam: string) => ({ limit: 20, ...(pageParam && { cursor: pageParam }) })

export const useExchanges = (id: string) =>
  useInfiniteQuery({
    queryKey: keys.log(id, 'exchanges'),
    queryFn: ({ pageParam, signal }) =>
      need(
        api.GET('/api/v1/integrations/{id}/exchanges', {
          params: { path: { id }, query: logQuery(pageParam) },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 1 ? false : CALM_MS),
  })

export const useRuns = (id: string) =>
  useInfiniteQuery({
    queryKey: keys.log(id, 'runs'),
    queryFn: ({ pageParam, signal }) =>
      need(api.GET('/api/v1/integrations/{id}/runs', { params: { path: { id }, query: logQuery(pageParam) }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 1) > 1 ? false : CALM_MS),
  })

export const useQuarantine = (id: string) =>
  useInfiniteQuery({
    queryKey: keys.log(id, 'quarantine'),
    queryFn: ({ pageParam, signal }) =>
      need(
        api.GET('/api/v1/integrations/{id}/quarantine', {
          params: { path: { id }, query: logQuery(pageParam) },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next,
  })

export const useApiKeys = () =>
  useQuery({ queryKey: keys.apiKeys, queryFn: ({ signal }) => need(api.GET('/api/v1/api-keys', { signal })) })

/** After something changed in the hub: whatever may show it is asked for again. */
export const freshen = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.integrations }),
    queryClient.invalidateQueries({ queryKey: keys.orders }),
    queryClient.invalidateQueries({ queryKey: keys.counts }),
    queryClient.invalidateQueries({ queryKey: keys.writebacks }),
  ])
