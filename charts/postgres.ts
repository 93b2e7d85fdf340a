import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncOptions, syncWave } from "#constructs/argocd-annotations";
import { customResource } from "#constructs/custom-resource";
import { addExternalSecret, fromSource } from "#constructs/external-secret";
import { commonLabels, HOSTNAME_KEY, poolPlacement } from "#constructs/labels";
import { addPooler } from "#constructs/postgres-pooler";
import { spreadConstraints } from "#constructs/spread";
import { poolerNames } from "#model/database-connection";
import {
  blockStorageClass,
  databaseName,
  namespaces,
  platformPriority,
  postgresCluster,
  roleSecret,
} from "#model/names";
import { databaseRoles } from "#model/postgres-roles";
import type { PostgresOf } from "#model/provider-services";
import { bytesQuantity } from "#model/quantities";
import { waves } from "#model/waves";

const confirmed = { prune: "confirm", delete: "confirm" } as const;

/** Nobody but a role's owner is granted anything: neither the shared schema nor temporary tables. */
const LOCK_DOWN = (database: string): string[] => [
  "REVOKE ALL ON SCHEMA public FROM PUBLIC",
  `REVOKE TEMPORARY ON DATABASE "${database}" FROM PUBLIC`,
];

/** Nightly, in CloudNativePG's notation, which begins with seconds. */
const NIGHTLY = "0 0 2 * * *";

interface PostgresChartProps {
  readonly postgres: PostgresOf<"cloudnative-pg">;
}

/** PostgreSQL in the cluster: one database, and in it for each service a schema that its own role owns. */
export class PostgresChart extends ApplicationChart {
  readonly #postgres: PostgresOf<"cloudnative-pg">;

  constructor(scope: Construct, context: RenderContext, { postgres }: PostgresChartProps) {
    super(scope, {
      context,
      application: "postgres",
      origin: `environments.${context.environment.name}`,
      wave: waves.kafka,
      project: "platform",
      namespace: namespaces.infra,
    });
    this.#postgres = postgres;
    this.#passwords();
    this.#cluster();
    this.#database();
    addPooler(this, context, postgres);
    if (this.#backedUp) this.#backups();
  }

  /** Snapshots need a class that the cluster brings, and a standby that can be held still. */
  get #backedUp(): boolean {
    return this.environment.provider.shipsSnapshotClass && this.#postgres.instances > 1;
  }

  #metadata(name: string, wave: number) {
    return { name, namespace: namespaces.infra, labels: commonLabels(), annotations: syncWave(wave) };
  }

  #passwords(): void {
    for (const { role, secret } of databaseRoles(this.model, this.environment)) {
      addExternalSecret(this, `role-${role}`, {
        name: roleSecret(role),
        namespace: namespaces.infra,
        values: { password: fromSource(secret, "password") },
        template: { username: role, password: "{{ .password }}" },
        type: "kubernetes.io/basic-auth",
        // Without it the operator would read a changed password only when something else changes.
        secretLabels: { "cnpg.io/reload": "true" },
      });
    }
  }

  #cluster(): void {
    const { instances, storage, memory, maxConnections } = this.#postgres;
    const { annotations, ...metadata } = this.#metadata(postgresCluster, waves.kafka);
    const several = instances > 1;
    customResource(
      this,
      "cluster",
      "postgresql.cnpg.io/Cluster",
      { ...metadata, annotations: { ...annotations, ...syncOptions(confirmed) } },
      {
        spec: {
          description: this.#backedUp
            ? "A snapshot of a standby's volume every night"
            : "No scheduled backup: the cluster brings no snapshots of volumes, or there is no standby to take one of",
          instances,
          inheritedMetadata: { labels: { "app.kubernetes.io/part-of": "todo" } },
          storage: { size: bytesQuantity(storage), storageClass: blockStorageClass },
          resources: {
            requests: { cpu: several ? "500m" : "100m", memory: bytesQuantity(memory) },
            limits: { memory: bytesQuantity(memory) },
          },
          priorityClassName: platformPriority,
          affinity: {
            ...poolPlacement(this.environment, "db"),
            enablePodAntiAffinity: several,
            ...(several ? { podAntiAffinityType: "required", topologyKey: HOSTNAME_KEY } : {}),
          },
          ...(several
            ? { topologySpreadConstraints: spreadConstraints(this.environment, { "cnpg.io/cluster": postgresCluster }) }
            : {}),
          // Clients verify the name they connect to, which is the pooler's as often as the server's.
          certificates: { serverAltDNSNames: [...poolerNames] },
          enableSuperuserAccess: false,
          postgresql: {
            parameters: {
              max_connections: String(maxConnections),
              shared_buffers: `${Math.floor(memory.mebibytes / 4)}MB`,
            },
            pg_hba: ["hostnossl all all all reject"],
            // One standby has what was committed, as long as there is one.
            ...(several ? { synchronous: { method: "any", number: 1, dataDurability: "preferred" } } : {}),
          },
          bootstrap: this.#bootstrap(),
          managed: {
            roles: databaseRoles(this.model, this.environment).map(({ role, purpose }) => ({
              name: role,
              ensure: "present",
              comment: purpose,
              login: true,
              inherit: true,
              passwordSecret: { name: roleSecret(role) },
            })),
          },
          ...(this.#backedUp ? { backup: { target: "prefer-standby", volumeSnapshot: SNAPSHOTS } } : {}),
        },
      },
    );
  }

  /** What a snapshot holds is locked down already. */
  #bootstrap() {
    const database = databaseName(this.model);
    const { restoreFrom } = this.#postgres;
    if (restoreFrom === undefined) {
      return { initdb: { database, owner: database, postInitApplicationSQL: LOCK_DOWN(database) } };
    }
    const storage = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: restoreFrom };
    return { recovery: { database, owner: database, volumeSnapshots: { storage } } };
  }

  /** The schemas; tables in them are the services' migrations' business. */
  #database(): void {
    const name = databaseName(this.model);
    const { annotations, ...metadata } = this.#metadata(name, waves.topics);
    customResource(
      this,
      "database",
      "postgresql.cnpg.io/Database",
      { ...metadata, annotations: { ...annotations, ...syncOptions(confirmed) } },
      {
        spec: {
          name,
          owner: name,
          cluster: { name: postgresCluster },
          databaseReclaimPolicy: "retain",
          schemas: databaseRoles(this.model, this.environment).map(({ role }) => ({ name: role, owner: role })),
        },
      },
    );
  }

  #backups(): void {
    customResource(
      this,
      "backup",
      "postgresql.cnpg.io/ScheduledBackup",
      this.#metadata(postgresCluster, waves.topics),
      {
        spec: {
          cluster: { name: postgresCluster },
          schedule: NIGHTLY,
          method: "volumeSnapshot",
          online: false,
          target: "prefer-standby",
          backupOwnerReference: "self",
          immediate: true,
        },
      },
    );
  }
}

/** Of a standby that stands still: without archived WAL a snapshot of a running server could not be restored. */
const SNAPSHOTS = { online: false, snapshotOwnerReference: "none" } as const;
