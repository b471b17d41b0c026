export const recognition = {} as const
