/** What one service's sidecar allows and does: read from the very documents that the cluster's Dapr gets. */
import { posix } from "node:path";
import { daprPoliciesOf } from "#constructs/dapr-policies";
import type { Environment } from "#model/environment";
import { components } from "#model/names";
import type { System } from "#model/system";

export interface RetryPolicy {
  /** Milliseconds before the attempt; the first retry is 1. */
  delay(retry: number): number;
  readonly maxRetries: number;
  /** Whether a status is worth another try; true for what has no status. */
  matches(status: number | undefined): boolean;
}

export interface SidecarPolicy {
  /** API groups that answer at all: `invoke`, `publish`, `state`, `secrets`, `jobs`, `metadata`. */
  readonly apis: ReadonlySet<string>;
  readonly publishes: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  /** Event routes by topic. */
  readonly subscriptions: ReadonlyMap<string, { readonly route: string; readonly deadLetterTopic: string | undefined }>;
  readonly delivery: RetryPolicy;
  /** How calls to another service are made. */
  call(callee: string): { readonly timeoutMs: number | undefined; readonly retry: RetryPolicy };
  /** Whether this service's sidecar lets `caller` in. */
  admits(caller: string, path: string, verb: string): boolean;
}

export function sidecarPolicy(model: System, environment: Environment, name: string): SidecarPolicy {
  const { configuration, resiliency, subscriptions } = daprPoliciesOf(model, environment, name);
  const { retries = {}, timeouts = {} } = resiliency.policies;
  const retryOf = (policy: string | undefined): RetryPolicy => (policy ? parseRetry(retries[policy]) : never);
  const pubsub = resiliency.targets.components?.[components.pubsub];
  const scope = configuration.secrets?.scopes?.find(({ storeName }) => storeName === components.secretstore);
  const http = configuration.api?.allowed?.filter(({ protocol }) => protocol === "http") ?? [];
  return Object.freeze({
    apis: new Set(http.map((api) => api.name)),
    publishes: new Set(model.services[name]?.publishes ?? []),
    secrets: new Set(scope?.allowedSecrets ?? []),
    subscriptions: new Map(
      [...subscriptions].map(([topic, { routes, deadLetterTopic }]) => [
        topic,
        { route: routes?.default ?? "", deadLetterTopic: deadLetterTopic ?? undefined },
      ]),
    ),
    delivery: retryOf(pubsub?.inbound?.retry),
    call: (callee: string) => {
      const target = resiliency.targets.apps?.[callee];
      const timeout = target?.timeout ? timeouts[target.timeout] : undefined;
      return { timeoutMs: timeout ? milliseconds(timeout) : undefined, retry: retryOf(target?.retry) };
    },
    admits: (caller: string, path: string, verb: string) => {
      const policy = configuration.accessControl?.policies?.find(({ appId }) => appId === caller);
      const operation = policy?.operations?.find(
        (op) => matchesPath(op.name, path) && (op.httpVerb ?? []).some((v) => v === "*" || v === verb),
      );
      return (operation?.action ?? policy?.defaultAction ?? configuration.accessControl?.defaultAction) === "allow";
    },
  });
}

const never: RetryPolicy = Object.freeze({ delay: () => 0, maxRetries: 0, matches: () => false });

/** Trailing `/**` takes every depth, `/*` one step. */
function matchesPath(pattern: string, path: string): boolean {
  if (pattern.endsWith("/**")) return path.startsWith(pattern.slice(0, -2));
  if (pattern.endsWith("/*")) return posix.dirname(path) === pattern.slice(0, -2);
  return path === pattern;
}

type Spec = NonNullable<ReturnType<typeof daprPoliciesOf>["resiliency"]["policies"]["retries"]>[string];

/** Dapr's defaults: exponential from 0.5 s by 1.5, at most 60 s; constant every 5 s. */
function parseRetry(spec: Spec | undefined): RetryPolicy {
  if (!spec) return never;
  const constant = milliseconds(spec.duration ?? "5s");
  const longest = milliseconds(spec.maxInterval ?? "60s");
  const statuses = spec.matching?.httpStatusCodes;
  return Object.freeze({
    delay: (retry: number) =>
      spec.policy === "exponential" ? Math.min(longest, 500 * 1.5 ** (retry - 1)) * (0.5 + Math.random()) : constant,
    maxRetries: spec.maxRetries === undefined || spec.maxRetries < 0 ? Number.POSITIVE_INFINITY : spec.maxRetries,
    matches: (status: number | undefined) => status === undefined || !statuses || inRanges(statuses, status),
  });
}

const inRanges = (ranges: string, status: number): boolean =>
  ranges.split(",").some((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return from !== undefined && to !== undefined && status >= from && status <= to;
  });

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Go's duration notation, e.g. `1m30s`. */
export function milliseconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.map(([all]) => all).join("") !== text || parts.length === 0)
    throw new TypeError(`"${text}" is no duration`);
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? 0), 0);
}
