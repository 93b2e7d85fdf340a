/** The HTTP API of each service that others invoke, by service: what `invoke.<service>` of a typed handle is made of. */
export const httpApis = {} as const;

export type HttpApis = typeof httpApis;
