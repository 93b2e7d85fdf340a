/**
 * What Argo CD tells GitHub: a `repository_dispatch` for each outcome of a sync, which starts the workflows `verify` and
 * `rollback`. https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/
 */
import type { HelmValues } from "#charts/third-party/helm-values";
import type { Environment } from "#model/environment";

/** Names of the service and of the key in `argocd-notifications-secret` that holds a token with `contents: write`. */
const SERVICE = "github";
export const NOTIFICATIONS_TOKEN = "github-token";

interface Outcome {
  /** `event_type` of the dispatch: what a workflow lists under `on.repository_dispatch.types`. */
  readonly event: string;
  /** Condition in the expression language of Argo CD's triggers. */
  readonly when: string;
}

const synced = "app.status.operationState != nil and app.status.operationState.phase";

export const outcomes = {
  deployed: {
    event: "argocd-deployed",
    // Health that is older than the sync says nothing about what was synced.
    when: `${synced} in ['Succeeded'] and app.status.health.status == 'Healthy' and !time.Parse(app.status.health.lastTransitionTime).Before(time.Parse(app.status.operationState.finishedAt))`,
  },
  "health-degraded": { event: "argocd-degraded", when: "app.status.health.status == 'Degraded'" },
  "sync-failed": { event: "argocd-sync-failed", when: `${synced} in ['Error', 'Failed']` },
} as const satisfies Readonly<Record<string, Outcome>>;

export type OutcomeName = keyof typeof outcomes;

/** Makes Argo CD tell these outcomes of the Application that carries the annotations. */
export const subscriptions = (names: readonly OutcomeName[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`notifications.argoproj.io/subscribe.on-${name}.${SERVICE}`, ""]));

export interface GitHubRepository {
  /** Address of the API, without a slash at the end. */
  readonly api: string;
  readonly owner: string;
  readonly name: string;
}

/** `null` when the address is no repository of one owner on one host. */
export function gitHubRepository(url: string): GitHubRepository | null {
  const [, host, owner, name] = /^(?:https:\/\/|git@)([^/:]+)[/:]([^/]+)\/([^/]+?)(?:\.git)?$/.exec(url) ?? [];
  if (!host || !owner || !name) return null;
  return { api: host === "github.com" ? "https://api.github.com" : `https://${host}/api/v3`, owner, name };
}

// A sync that failed before it began has no result: what was asked for is in the operation.
const revision =
  "{{ with .app.status.operationState.syncResult }}{{ .revision }}{{ else }}{{ .app.status.operationState.operation.sync.revision }}{{ end }}";

const body = (environment: Environment, { event }: Outcome): string =>
  JSON.stringify(
    {
      event_type: event,
      client_payload: {
        application: "{{ .app.metadata.name }}",
        environment: environment.name,
        revision,
        startedAt: "{{ .app.status.operationState.startedAt }}",
        path: "{{ .app.spec.source.path }}",
      },
    },
    null,
    2,
  );

const oncePerRevision = "app.status.operationState?.syncResult?.revision";

/** Values of the argo-cd chart below `notifications`; JSON is YAML too. Empty where the repository is not on GitHub. */
export function notificationValues(environment: Environment): HelmValues {
  const repository = gitHubRepository(environment.repository.url);
  if (!repository) return {};
  const json = (value: HelmValues | readonly HelmValues[]): string => JSON.stringify(value, null, 2);
  const each = (make: (name: string, outcome: Outcome) => readonly [string, string]): HelmValues =>
    Object.fromEntries(Object.entries(outcomes).map(([name, outcome]) => make(name, outcome)));
  return {
    notifiers: {
      [`service.webhook.${SERVICE}`]: json({
        url: repository.api,
        headers: [
          { name: "Accept", value: "application/vnd.github+json" },
          { name: "Authorization", value: `Bearer $${NOTIFICATIONS_TOKEN}` },
          { name: "X-GitHub-Api-Version", value: "2022-11-28" },
        ],
      }),
    },
    templates: each((name, outcome) => [
      `template.${name}`,
      json({
        webhook: {
          [SERVICE]: {
            method: "POST",
            path: `/repos/${repository.owner}/${repository.name}/dispatches`,
            body: body(environment, outcome),
          },
        },
      }),
    ]),
    triggers: each((name, { when }) => [
      `trigger.on-${name}`,
      json([{ when, oncePer: oncePerRevision, send: [name] }]),
    ]),
  };
}
