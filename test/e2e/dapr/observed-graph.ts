/** Who talks to whom: as the model says, and as spans of real sidecars show. Edges are words, so that a difference can be read. */
import { components } from "#model/names";
import { type System, usesState } from "#model/system";
import type { Span } from "./spans.ts";

export interface Graph {
  /** `gateway calls tasks` */
  readonly calls: readonly string[];
  /** `tasks publishes task-events` */
  readonly publishes: readonly string[];
  /** `audit receives task-events` */
  readonly receives: readonly string[];
  /** `gateway keeps state` and `notifications sets timers` */
  readonly uses: readonly string[];
}

const sorted = (edges: Iterable<string>): string[] => [...new Set(edges)].sort();

export function declaredGraph(model: System): Graph {
  const services = Object.entries(model.services);
  const perService = (edges: (name: string, service: (typeof services)[number][1]) => readonly string[]): string[] =>
    sorted(services.flatMap(([name, service]) => edges(name, service)));
  return {
    calls: perService((name, { invokes }) => Object.keys(invokes).map((callee) => `${name} calls ${callee}`)),
    publishes: perService((name, { publishes }) => publishes.map((topic) => `${name} publishes ${topic}`)),
    receives: perService((name, { subscribes }) => subscribes.map((topic) => `${name} receives ${topic}`)),
    uses: perService((name, service) => [
      ...(usesState(model, service) ? [`${name} keeps state`] : []),
      ...(service.jobs.length > 0 ? [`${name} sets timers`] : []),
    ]),
  };
}

/** Span names, which Zipkin writes in lower case. */
const names = {
  call: /^calllocal\/([^/]+)\//,
  publish: new RegExp(`^/v1\\.0(?:-alpha1)?/publish/(?:bulk/)?${components.pubsub}/([^/]+)`),
  delivery: /^pubsub\/(.+)$/,
  state: new RegExp(`^/v1\\.0/state/${components.statestore}`),
  jobs: /^\/v1\.0(?:-alpha1)?\/jobs\//,
};

/** @returns the graph as the callers' and publishers' own sidecars saw it */
export function observedGraph(spans: readonly Span[]): Graph {
  const found = (pattern: RegExp, edge: (service: string, what: string) => string): string[] =>
    spans.flatMap(({ service, name }) => {
      const match = pattern.exec(name);
      return match ? [edge(service, match[1] ?? "")] : [];
    });
  // A sidecar that calls its own app is asked by who waits for that app.
  const others = spans.filter(({ kind, service, name }) => kind === "CLIENT" && names.call.exec(name)?.[1] !== service);
  return {
    calls: sorted(callsOf(others)),
    publishes: sorted(found(names.publish, (service, topic) => `${service} publishes ${topic}`)),
    receives: sorted(found(names.delivery, (service, topic) => `${service} receives ${topic}`)),
    uses: sorted([
      ...found(names.state, (service) => `${service} keeps state`),
      ...found(names.jobs, (service) => `${service} sets timers`),
    ]),
  };
}

const callsOf = (spans: readonly Span[]): string[] =>
  spans.flatMap(({ service, name }) => {
    const callee = names.call.exec(name)?.[1];
    return callee ? [`${service} calls ${callee}`] : [];
  });

/** Calls as the callees saw them: the span that took one in is the child of the caller's. */
export function answeredCalls(spans: readonly Span[]): string[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  return sorted(
    spans.flatMap(({ kind, service, parentId = "", name }) => {
      const caller = byId.get(parentId)?.service;
      return kind === "SERVER" && names.call.test(name) && caller ? [`${caller} calls ${service}`] : [];
    }),
  );
}
