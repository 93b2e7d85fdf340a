import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiServer } from "#test/engines/api-server";
import type { ArgoCd } from "#test/engines/argocd";

export interface Application {
  readonly metadata: {
    readonly name: string;
    readonly creationTimestamp: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly source?: { readonly chart?: string; readonly path?: string } };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string; readonly revisions?: readonly string[] };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase: string; readonly message?: string };
    readonly history?: readonly { readonly revision?: string; readonly deployedAt: string }[];
    readonly resources?: readonly { readonly kind: string; readonly name: string; readonly status?: string }[];
  };
}

export const isOfChart = ({ spec }: Application): boolean => spec.source?.chart !== undefined;

export const isSettled = ({ status }: Application): boolean =>
  status?.sync?.status === "Synced" &&
  status.health?.status === "Healthy" &&
  (status.operationState?.phase ?? "Succeeded") === "Succeeded";

/** Every Application in the cluster, by name. */
export async function applicationsOf({ kubectl }: ApiServer): Promise<ReadonlyMap<string, Application>> {
  const { code, stdout, stderr } = await kubectl(["get", "applications", "--namespace", "argocd", "--output", "json"]);
  if (code !== 0) throw new Error(stderr);
  const { items } = JSON.parse(stdout) as { readonly items: readonly Application[] };
  return new Map(items.map((application) => [application.metadata.name, application]));
}

/**
 * Looks at the Applications until they are as wanted.
 * @throws Error with the state of those that are not settled and the end of Argo CD's log
 */
export async function untilApplications(
  server: ApiServer,
  argoCd: ArgoCd,
  wanted: (applications: ReadonlyMap<string, Application>) => boolean,
  withinMs: number,
): Promise<ReadonlyMap<string, Application>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const applications = await applicationsOf(server);
    if (wanted(applications)) return applications;
    if (performance.now() > deadline) throw new Error(explain(applications, argoCd));
    await sleep(500);
  }
}

function explain(applications: ReadonlyMap<string, Application>, { logs }: ArgoCd): string {
  const states = [...applications.values()]
    .filter((application) => !isSettled(application))
    .map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify({ ...status, resources: undefined })}`);
  const errors = logs.flatMap((log) => [log, ...readFileSync(log, "utf8").split("\n").filter(isError).slice(-10)]);
  const shown = [...states, ...errors].map((line) => line.slice(0, 1000));
  return [`of ${applications.size} Applications these are not settled:`, ...shown].join("\n");
}

const isError = (line: string): boolean => /"level":"(error|warning|fatal)"/.test(line);
