import type { Duration, Resources } from "./quantities.ts";

/** How one service calls another. */
export interface Invocation {
  /** Every call over this edge may be repeated, or carries an idempotency key: Dapr may retry it on 502, 503 and 504. */
  readonly idempotent: boolean;
  /** Answers may be streams: no Dapr timeout, which would end one in the middle and call it complete. @default false */
  readonly streaming?: boolean;
  /** The caller acts for no user: it may reach the callee's `/internal` routes, and no others. @default false */
  readonly internal?: boolean;
}

/** A path prefix of the public address that is routed straight to the service. */
export interface PublicRoute {
  /** WebSocket or long-lived stream: no request timeout at the edge. @default false */
  readonly longLived?: boolean;
}

export interface Scale {
  readonly min: number;
  readonly max: number;
}

/** From two replicas up to `max`, on CPU and memory at 70 %, for subscribers also on Kafka lag. */
export const upTo = (max: number): Scale => Object.freeze({ min: 2, max });

/** What a service may say of itself. Everything that it does not list, it cannot do. */
export interface ServiceProps {
  readonly port: number;
  /** One sentence for pictures and dashboards. */
  readonly purpose: string;
  readonly publishes?: readonly string[];
  readonly subscribes?: readonly string[];
  readonly invokes?: Readonly<Record<string, Invocation>>;
  readonly stores?: readonly string[];
  readonly secrets?: readonly string[];
  readonly egress?: readonly string[];
  /** Names of Dapr jobs (timers) that the service schedules and receives. */
  readonly jobs?: readonly string[];
  /** Dapr cron bindings by component name, with their schedule, e.g. `@every 1m`. */
  readonly cron?: Readonly<Record<string, string>>;
  readonly routes?: Readonly<Record<`/${string}`, PublicRoute>>;
  readonly scale: Scale;
  readonly resources: Resources;
  /** How long the process may take to finish what it has begun. @default 20 s */
  readonly drain?: Duration;
}

/** `web` renders pages, `api` is called by others, `consumer` only reacts to events: nothing may invoke it. */
export type ServiceRole = "web" | "api" | "consumer";

type WithDefaults<P extends ServiceProps> = {
  readonly [K in keyof Required<ServiceProps>]: P extends Readonly<Record<K, infer V>>
    ? V
    : (typeof defaults)[K & keyof typeof defaults];
};

export type Service<R extends ServiceRole = ServiceRole, P extends ServiceProps = ServiceProps> = WithDefaults<P> & {
  readonly kind: "service";
  readonly role: R;
};

const defaults = {
  publishes: [],
  subscribes: [],
  invokes: {},
  stores: [],
  secrets: [],
  egress: [],
  jobs: [],
  cron: {},
  routes: {},
  drain: Object.freeze({ milliseconds: 20_000 }),
} as const;

const make =
  <R extends ServiceRole>(role: R) =>
  <const P extends ServiceProps>(props: P): Service<R, P> =>
    Object.freeze({ kind: "service", role, ...defaults, ...props }) as unknown as Service<R, P>;

export const web = make("web");
export const api = make("api");

/** A consumer has subscriptions, and neither public routes nor callers. */
export const consumer = <
  const P extends ServiceProps & { readonly subscribes: readonly [string, ...string[]]; readonly routes?: never },
>(
  props: P,
): Service<"consumer", P> => make("consumer")(props);

/** A service as code that does not know which one it is sees it. */
export interface AnyService {
  readonly kind: "service";
  readonly role: ServiceRole;
  readonly port: number;
  readonly purpose: string;
  readonly publishes: readonly string[];
  readonly subscribes: readonly string[];
  readonly invokes: Readonly<Record<string, Invocation>>;
  readonly stores: readonly string[];
  readonly secrets: readonly string[];
  readonly egress: readonly string[];
  readonly jobs: readonly string[];
  readonly cron: Readonly<Record<string, string>>;
  readonly routes: Readonly<Record<string, PublicRoute>>;
  readonly scale: Scale;
  readonly resources: Resources;
  readonly drain: Duration;
}
