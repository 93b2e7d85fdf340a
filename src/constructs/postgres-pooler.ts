import type { Construct } from "constructs";
import { isSingleNode } from "#model/environment";
import { namespaces, platformPriority, postgresCluster, postgresPooler } from "#model/names";
import { databaseRoles } from "#model/postgres-roles";
import type { PostgresOf } from "#model/provider-services";
import { waves } from "#model/waves";
import type { RenderContext } from "./application-chart.ts";
import { syncWave } from "./argocd-annotations.ts";
import { builtIn } from "./built-in.ts";
import { customResource } from "./custom-resource.ts";
import { commonLabels, poolPlacement } from "./labels.ts";
import { spreadConstraints } from "./spread.ts";

/** What of the server's connections poolers may hold; the rest are direct ones, for LISTEN, locks and migrations. */
const POOLED_SHARE = 0.5;

/** Connections that each pooler may open for each role, so that all of them together stay within their share. */
export const poolSize = (maxConnections: number, poolers: number, roles: number): number =>
  Math.max(1, Math.floor((maxConnections * POOLED_SHARE) / (poolers * roles)));

/** PgBouncer before the primary: a connection serves a transaction, then somebody else's. */
export function addPooler(
  scope: Construct,
  context: RenderContext,
  { maxConnections }: PostgresOf<"cloudnative-pg">,
): void {
  const { model, environment } = context;
  const single = isSingleNode(environment);
  const instances = single ? 1 : 2;
  const selector = { "cnpg.io/poolerName": postgresPooler };
  const metadata = {
    name: postgresPooler,
    namespace: namespaces.infra,
    labels: commonLabels(),
    annotations: syncWave(waves.topics),
  };
  customResource(scope, "pooler", "postgresql.cnpg.io/Pooler", metadata, {
    spec: {
      cluster: { name: postgresCluster },
      type: "rw",
      instances,
      pgbouncer: {
        poolMode: "transaction",
        parameters: {
          default_pool_size: String(poolSize(maxConnections, instances, databaseRoles(model, environment).length)),
          max_client_conn: "1000",
          // Statements that a client prepares by name are found again on another connection.
          max_prepared_statements: "100",
        },
      },
      template: {
        spec: {
          priorityClassName: platformPriority,
          ...poolPlacement(environment, "db"),
          ...(single ? {} : { topologySpreadConstraints: spreadConstraints(environment, selector) }),
          containers: [
            {
              name: "pgbouncer",
              resources: {
                requests: { cpu: single ? "25m" : "100m", memory: "64Mi" },
                limits: { memory: "128Mi" },
              },
            },
          ],
        },
      },
    },
  });
  if (single) return;
  builtIn(scope, "pooler-disruptions", "policy/v1/PodDisruptionBudget", metadata, {
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  });
}
