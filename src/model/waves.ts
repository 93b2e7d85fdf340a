/** Argo CD sync waves. A wave starts when everything of the earlier ones is healthy. */
export const waves = {
  crds: -10,
  namespaces: -9,
  operators: -5,
  stores: -4,
  kafka: -3,
  topics: -2,
  policies: -1,
  migrations: 0,
  services: 1,
  edges: 2,
} as const;

export type Wave = (typeof waves)[keyof typeof waves];
