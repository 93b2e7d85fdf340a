/**
 * How long a connection over which nothing is asked stays open. Whoever asks must be the first to let go: a request that meets the end
 * of its connection is lost, and most may not be sent twice. Left to themselves Envoy keeps one for an hour and Node's server for 5 s.
 */
export const idleConnections = {
  /** Services and front end, in milliseconds. */
  serverMs: 65_000,
  /** The proxy before them, in seconds. */
  proxySeconds: 60,
} as const;
