/** What a service holds of the outside world: exactly what its entry in the system says, in types and at run time. */
import type { EventContract } from "#contracts/events/define";
import { type ApiClient, createClient } from "#contracts/http/client";
import type { HttpApi } from "#contracts/http/define";
import type { System } from "#model/system";
import { usesState } from "#model/system";
import type { Topic } from "#model/topic";
import { StartError, UndeclaredError } from "./errors.ts";
import type { NewEvent, Publish } from "./outbox/event.ts";
import type { JobRequest, Sidecar, StatePort } from "./sidecar/port.ts";

type Services<M extends System> = M["services"];
export type ServiceName<M extends System> = keyof Services<M> & string;

export type PublishedTopic<M extends System, N extends ServiceName<M>> = Services<M>[N]["publishes"][number] &
  keyof M["topics"] &
  string;
export type SubscribedTopic<M extends System, N extends ServiceName<M>> = Services<M>[N]["subscribes"][number] &
  keyof M["topics"] &
  string;
export type JobName<M extends System, N extends ServiceName<M>> = Services<M>[N]["jobs"][number];
export type CronName<M extends System, N extends ServiceName<M>> = keyof Services<M>[N]["cron"] & string;

export type ContractOf<M extends System, T extends keyof M["topics"]> =
  M["topics"][T] extends Topic<infer C> ? C : EventContract;

type Callee<M extends System, N extends ServiceName<M>> = keyof Services<M>[N]["invokes"] & string;

type SecretName<M extends System, N extends ServiceName<M>> = Services<M>[N]["secrets"][number];

type StateOf<M extends System, N extends ServiceName<M>> = {
  [S in Services<M>[N]["stores"][number]]: M["stores"][S]["kind"];
}[Services<M>[N]["stores"][number]];

/** Only services that list a `dapr-state` store have `state`. */
type WithState<M extends System, N extends ServiceName<M>> =
  "dapr-state" extends StateOf<M, N> ? { readonly state: StatePort } : unknown;

export interface Jobs<Name extends string> {
  /** One timer of this kind: `name` tells timers apart, e.g. the reminder's id. Scheduling it again replaces it. */
  schedule(job: Name, name: string, request: JobRequest): Promise<void>;
  delete(job: Name, name: string): Promise<void>;
}

type WithJobs<M extends System, N extends ServiceName<M>> = [JobName<M, N>] extends [never]
  ? unknown
  : { readonly jobs: Jobs<JobName<M, N>> };

export type Handle<M extends System, A extends Readonly<Record<string, HttpApi>>, N extends ServiceName<M>> = {
  readonly service: N;
  /** Adds events to the outbox inside the transaction that changes the rows; the relay publishes them after the commit. */
  readonly publish: Publish<M, PublishedTopic<M, N>>;
  /** Typed client of each service that the entry invokes. */
  readonly invoke: { readonly [C in Callee<M, N> & keyof A]: ApiClient<A[C]> };
  readonly secrets: {
    /**
     * The value; undefined only for a secret that the system calls optional and nobody gave.
     * @throws StartError when a secret that is not optional is missing
     */
    get(name: SecretName<M, N>): Promise<string | undefined>;
    /** For secrets of several fields (`oidc-client`), by field. */
    fields(name: SecretName<M, N>): Promise<Readonly<Record<string, string>> | undefined>;
  };
} & WithState<M, N> &
  WithJobs<M, N>;

export interface HandlePorts {
  readonly sidecar: Sidecar;
  /** Writes outbox rows; what `publish` calls once the topic is known to be the service's own. */
  readonly append: (transaction: unknown, topic: string, events: readonly NewEvent[]) => Promise<void>;
}

/** Services that share the Jobs namespace of a sidecar tell their kinds of timer apart by this prefix. */
export const jobNameOf = (job: string, name: string): string => `${job}-${name}`;

/** @throws TypeError when the system has no such service */
export function createHandle<
  const M extends System,
  const A extends Readonly<Record<string, HttpApi>>,
  const N extends ServiceName<M>,
>(model: M, apis: A, name: N, ports: HandlePorts): Handle<M, A, N> {
  const entry = model.services[name];
  if (!entry) throw new TypeError(`no service "${name}" in src/system.ts`);
  const { sidecar } = ports;

  const refuse = (what: string, declared: readonly string[]): never => {
    throw new UndeclaredError(name, what, declared);
  };
  const guarded = (object: object, what: string, declared: readonly string[]): object =>
    new Proxy(object, {
      get(target, key, receiver) {
        // Promises and inspectors ask for symbols and `then` of anything.
        if (typeof key === "symbol" || key === "then" || key in target) return Reflect.get(target, key, receiver);
        return refuse(`${what} "${key}"`, declared);
      },
    });

  const fields = async (secret: string): Promise<Readonly<Record<string, string>> | undefined> => {
    if (!entry.secrets.includes(secret)) refuse(`the secret "${secret}"`, entry.secrets);
    const found = await sidecar.secret(secret);
    if (found || model.secrets[secret]?.optional) return found;
    throw new StartError(`the secret "${secret}" is not in the secret store: seed it`);
  };

  const callees = Object.keys(entry.invokes);
  const clients = Object.fromEntries(
    callees.flatMap((callee) => {
      const api = apis[callee];
      return api ? [[callee, createClient(api, (path, init) => sidecar.invoke(callee, path, init))]] : [];
    }),
  );
  const handle = {
    service: name,
    publish: async (transaction: unknown, topic: string, ...events: NewEvent[]) => {
      if (!entry.publishes.includes(topic)) refuse(`that it publishes "${topic}"`, entry.publishes);
      await ports.append(transaction, topic, events);
    },
    invoke: guarded(clients, "that it invokes", callees),
    secrets: Object.freeze({
      get: async (secret: string) => singleValue(secret, await fields(secret)),
      fields,
    }),
    ...(usesState(model, entry) ? { state: sidecar.state } : {}),
    ...(entry.jobs.length > 0 ? { jobs: jobsOf(entry.jobs, sidecar, refuse) } : {}),
  };
  return guarded(Object.freeze(handle), "anything named", Object.keys(handle)) as Handle<M, A, N>;
}

/** Cloud vaults answer under the secret's own name, Kubernetes under the key within it. */
function singleValue(name: string, fields: Readonly<Record<string, string>> | undefined): string | undefined {
  if (!fields) return undefined;
  const values = Object.values(fields);
  const value = fields[name] ?? fields.value ?? (values.length === 1 ? values[0] : undefined);
  if (value === undefined)
    throw new StartError(`the secret "${name}" has the fields ${Object.keys(fields)}: ask for them by name`);
  return value;
}

function jobsOf(
  declared: readonly string[],
  sidecar: Sidecar,
  refuse: (what: string, declared: readonly string[]) => never,
): Jobs<string> {
  const own = (job: string): string => (declared.includes(job) ? job : refuse(`the job "${job}"`, declared));
  return Object.freeze({
    schedule: async (job: string, name: string, request: JobRequest) =>
      sidecar.jobs.schedule(jobNameOf(own(job), name), request),
    delete: async (job: string, name: string) => sidecar.jobs.delete(jobNameOf(own(job), name)),
  });
}
