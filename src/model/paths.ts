/** Paths that services serve and manifests point at. */

export const paths = {
  /** Liveness: the process turns its event loop. */
  live: "/healthz",
  /** Readiness: database and sidecar answer; also what Dapr's app health check asks. */
  ready: "/readyz",
  metrics: "/metrics",
  /** What services call for a user, besides the callee's public routes. Event, job and cron routes are never callable. */
  forUsers: ["/v1/**", "/mcp"],
  /** What services call for no user. */
  internal: ["/internal/**"],
  /** Where the sidecar delivers a topic's events; never open to other apps. */
  events: (topic: string) => `/events/${topic}`,
  /** Where the sidecar delivers a Dapr job; the path is Dapr's. */
  job: (job: string) => `/job/${job}`,
  /** Where the sidecar delivers a cron binding. */
  cron: (binding: string) => `/cron/${binding}`,
} as const;
