import { describe, expect, test } from "@jest/globals";
import { App } from "cdk8s";
import { chartsOf } from "#charts/index";
import { PostgresChart } from "#charts/postgres";
import { poolSize } from "#constructs/postgres-pooler";
import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { databaseRoles } from "#model/postgres-roles";
import { cloudNativePg } from "#model/provider-services";
import { gibibytes } from "#model/quantities";
import { usesPostgres } from "#model/system";
import { todo } from "#system";
import { at, contextOf, renderChart } from "#test/support/render-chart";
import { fields, list } from "#test/support/secrets-in-use";

function render(environment: Environment) {
  const { postgres } = environment;
  if (postgres.kind !== "cloudnative-pg") throw new Error(`${environment.name} runs no PostgreSQL`);
  return renderChart((app) => new PostgresChart(app, contextOf(environment), { postgres }));
}

const cluster = (environment: Environment) => render(environment).get("Cluster todo-postgres");
const services = Object.entries(todo.services).filter(([, service]) => usesPostgres(todo, service));

describe("PostgreSQL in the cluster", () => {
  test("is rendered only where nobody else runs it", () => {
    const having = Object.values(environments).filter((environment) =>
      chartsOf(new App(), contextOf(environment)).some(({ application }) => application.application === "postgres"),
    );
    expect(having.map(({ name }) => name)).toEqual(["dev", "staging"]);
  });

  test("has for each service one role and one schema of the same name, owned by it and by nobody else", () => {
    const names = [...services.map(([name]) => name.replaceAll("-", "_")), "schema_registry"];
    const roles = list(at(cluster(environments.staging), "spec.managed.roles"));
    expect(roles.map(({ name }) => name)).toEqual(names);
    const schemas = at(render(environments.staging).get("Database todo"), "spec.schemas");
    expect(schemas).toEqual(names.map((name) => ({ name, owner: name })));
  });

  test("makes no role a superuser, and none a member of another", () => {
    const spec = at(cluster(environments.staging), "spec");
    for (const role of list(at(spec, "managed.roles"))) {
      expect(Object.keys(role).sort()).toEqual(["comment", "ensure", "inherit", "login", "name", "passwordSecret"]);
    }
    expect(at(spec, "enableSuperuserAccess")).toBe(false);
  });

  test("grants nothing to everybody, and answers only over TLS", () => {
    const spec = at(cluster(environments.dev), "spec");
    expect(at(spec, "bootstrap.initdb.postInitApplicationSQL")).toEqual([
      "REVOKE ALL ON SCHEMA public FROM PUBLIC",
      'REVOKE TEMPORARY ON DATABASE "todo" FROM PUBLIC',
    ]);
    expect(at(spec, "postgresql.pg_hba")).toEqual(["hostnossl all all all reject"]);
  });

  test("has a certificate for the names that clients verify", () => {
    expect(at(cluster(environments.dev), "spec.certificates.serverAltDNSNames")).toContain(
      "todo-postgres-pooler.infra-services.svc.cluster.local",
    );
  });

  test("asks a person before it or its database is removed", () => {
    const rendered = render(environments.staging);
    for (const name of ["Cluster todo-postgres", "Database todo"]) {
      expect(fields(at(rendered.get(name), "metadata.annotations"))["argocd.argoproj.io/sync-options"]).toBe(
        "Prune=confirm,Delete=confirm",
      );
    }
    expect(at(rendered.get("Database todo"), "spec.databaseReclaimPolicy")).toBe("retain");
  });

  test("loses no commit with one of several instances, and waits for none that is not there", () => {
    expect(at(cluster(environments.staging), "spec.postgresql.synchronous")).toEqual({
      method: "any",
      number: 1,
      dataDurability: "preferred",
    });
    expect(at(cluster(environments.staging), "spec.affinity.podAntiAffinityType")).toBe("required");
    expect(fields(at(cluster(environments.dev), "spec.postgresql"))).not.toHaveProperty("synchronous");
  });

  test("runs on the nodes that are meant for it", () => {
    expect(at(cluster(environments.staging), "spec.affinity.nodeSelector")).toEqual({ "todo.dev/pool": "db" });
    const pooler = render(environments.staging).get("Pooler todo-postgres-pooler");
    expect(at(pooler, "spec.template.spec.nodeSelector")).toEqual({ "todo.dev/pool": "db" });
  });
});

describe("the pooler", () => {
  test.each([environments.dev, environments.staging])(
    "of $name leaves half of the connections to others",
    (environment) => {
      const spec = at(render(environment).get("Pooler todo-postgres-pooler"), "spec");
      const each = Number(at(spec, "pgbouncer.parameters.default_pool_size"));
      const all = each * Number(at(spec, "instances")) * databaseRoles(todo, environment).length;
      const { maxConnections } = environment.postgres;
      expect(all).toBeLessThanOrEqual(maxConnections / 2);
      expect(each).toBeGreaterThan(1);
      expect(at(spec, "pgbouncer.poolMode")).toBe("transaction");
    },
  );

  test("gives every role a connection, however few there are", () => {
    expect(poolSize(10, 2, 8)).toBe(1);
  });
});

describe("backups", () => {
  const backup = (environment: Environment) => render(environment).get("ScheduledBackup todo-postgres");

  test("are snapshots of a standby at rest, which need no archive to be restored, and outlive the cluster", () => {
    expect(at(backup(environments.staging), "spec")).toMatchObject({
      method: "volumeSnapshot",
      online: false,
      target: "prefer-standby",
    });
    expect(at(cluster(environments.staging), "spec.backup.volumeSnapshot")).toEqual({
      online: false,
      snapshotOwnerReference: "none",
    });
  });

  test("are what a cluster begins with that is restored, instead of an empty database", () => {
    const { staging } = environments;
    const { postgres } = staging;
    if (postgres.kind !== "cloudnative-pg") throw new Error("staging runs no PostgreSQL");
    const restored = cluster({ ...staging, postgres: { ...postgres, restoreFrom: "todo-postgres-20261101020000" } });
    expect(at(restored, "spec.bootstrap")).toEqual({
      recovery: {
        database: "todo",
        owner: "todo",
        volumeSnapshots: {
          storage: {
            apiGroup: "snapshot.storage.k8s.io",
            kind: "VolumeSnapshot",
            name: "todo-postgres-20261101020000",
          },
        },
      },
    });
  });

  test.each([
    ["whose cluster brings no snapshots", environments.dev],
    [
      "with a primary alone, which a snapshot would stop",
      {
        ...environments.staging,
        postgres: cloudNativePg({
          instances: 1,
          storage: gibibytes(5),
          memory: gibibytes(1),
          maxConnections: 100,
        }),
      },
    ],
  ])("are not promised %s, and the cluster says so", (_why, environment) => {
    expect(backup(environment)).toBeUndefined();
    expect(at(cluster(environment), "spec.description")).toMatch(/^No scheduled backup: /);
  });
});
