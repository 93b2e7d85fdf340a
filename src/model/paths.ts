/** Paths that services serve and manifests point at. */

export const paths = {
  /** Liveness: the process turns its event loop. */
  live: "/healthz",
  /** Readiness: database and sidecar answer; also what Dapr's app health check asks. */
  ready: "/readyz",
  metrics: "/metrics",
  /** What other services may invoke. Event, job and cron routes are not among them: only the own sidecar may call those. */
  invocable: ["/api/**", "/v1/**", "/internal/**", "/mcp"],
  /** Where the sidecar delivers a topic's events; never open to other apps. */
  events: (topic: string) => `/events/${topic}`,
  /** Where the sidecar delivers a Dapr job; the path is Dapr's. */
  job: (job: string) => `/job/${job}`,
  /** Where the sidecar delivers a cron binding. */
  cron: (binding: string) => `/cron/${binding}`,
} as const;
