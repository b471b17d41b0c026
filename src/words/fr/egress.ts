export const egress = {} as const
