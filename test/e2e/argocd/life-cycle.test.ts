/**
 * A real Argo CD on a real API server deploys what synth, bump and rollback commit. Readiness is simulated. Third-party charts
 * cannot be fetched from a test that talks to loopback only: their Applications are made like all others, but count as
 * installed, so that the waves behind them go on.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { HelmValues } from "#charts/third-party/helm-values";
import { type ApiServer, startApiServer } from "#test/engines/api-server";
import { type ArgoCd, startArgoCd } from "#test/engines/argocd";
import { createAuthority } from "#test/engines/certificates";
import { temporaryFolder } from "#test/engines/process";
import { command, git, image, type Scratch, scratchProject, started } from "#test/lifecycle/support";
import { copyPlainCrds, crdsFolder } from "#test/support/crds";
import { type Application, applicationsOf, isOfChart, isSettled, untilApplications } from "./argo-applications.ts";
import { type GitServer, serveGit } from "./git-server.ts";
import { type SimulatedCluster, simulateCluster } from "./simulated-cluster.ts";

const address = "https://github.com/example/todo-assistant.git";
const first = image("v1.0.0", 1);
const second = image("v1.1.0", 2);

const folder = temporaryFolder("argocd-test");
let gitServer: GitServer;
let scratch: Scratch;
let clone: string;
let server: ApiServer;
let cluster: SimulatedCluster;
let argoCd: ArgoCd;

const head = (): string => git(scratch.remote, "rev-parse", "main");

async function run(name: string, ...args: readonly string[]): Promise<void> {
  const { status, output } = await started(clone, name, ...args);
  if (status !== 0) throw new Error(`${name} ${args.join(" ")}: ${output}`);
}

/** Until an Application runs what `main` holds now. */
async function untilDeployed(name: string): Promise<Application> {
  const revision = head();
  const isDeployed = (application: Application | undefined): boolean =>
    application !== undefined && isSettled(application) && application.status?.sync?.revision === revision;
  const applications = await untilApplications(server, argoCd, (all) => isDeployed(all.get(name)), 120_000);
  return applications.get(name) as Application;
}

async function imagesOf(service: string): Promise<Record<string, string>> {
  const names = [`deployment/${service}`, `job/${service}-migration`];
  const { stdout, stderr } = await server.kubectl(["get", ...names, "--namespace=todo-apps", "--output=json"]);
  if (stderr !== "") throw new Error(stderr);
  const { items } = JSON.parse(stdout) as {
    readonly items: readonly {
      readonly kind: string;
      readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } } };
    }[];
  };
  return Object.fromEntries(items.map(({ kind, spec }) => [kind, spec.template.spec.containers[0]?.image ?? ""]));
}

const both = (reference: string) => {
  const expected = `ghcr.io/example/todo/tasks:${reference}`;
  return { Deployment: expected, Job: expected };
};

async function generations(): Promise<Record<string, number>> {
  const { stdout } = await server.kubectl(["get", "deployments", "--namespace=todo-apps", "--output=json"]);
  const { items } = JSON.parse(stdout) as {
    readonly items: readonly { readonly metadata: { readonly name: string; readonly generation: number } }[];
  };
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.generation]));
}

describe("Argo CD on gitops/dev, with readiness simulated and third-party charts counted as installed", () => {
  beforeAll(async () => {
    const authority = await createAuthority(folder.path, "git");
    gitServer = await serveGit(() => scratch.folder, await authority.issue("git"));
    const url = `${gitServer.url}/remote.git`;
    scratch = scratchProject((seed) => {
      const file = join(seed, "src/environments.ts");
      const text = readFileSync(file, "utf8");
      expect(text).toContain(address);
      writeFileSync(file, text.replaceAll(address, url));
    });
    clone = scratch.clone("developer");
    const values = JSON.parse(command(clone, "argocd-values", "--env", "dev").stdout) as {
      readonly configs: { readonly cm: Record<string, string>; readonly params: Record<string, string> };
    } & HelmValues;
    server = await startApiServer({ crdDirs: [copyPlainCrds(crdsFolder(), folder.path)] });
    argoCd = await startArgoCd({
      server,
      // Instead of the webhook that a git host would call.
      settings: { ...values.configs.cm, "timeout.reconciliation": "5s", "timeout.reconciliation.jitter": "0s" },
      parameters: values.configs.params,
      tlsCertificates: { "127.0.0.1": authority.certificate },
    });
    cluster = await simulateCluster(server);
    const root = ["apply", "--server-side", "--recursive", "--filename", join(clone, "gitops/dev/root")];
    expect((await server.kubectl(root)).stderr).toBe("");
  }, 300_000);

  afterAll(async () => {
    cluster?.stop();
    await argoCd?.stop();
    await server?.stop();
    await gitServer?.stop();
    scratch?.remove();
    folder.remove();
  }, 60_000);

  test("makes every Application that is rendered, and each of our own becomes synced and healthy", async () => {
    const rendered = readdirSync(join(clone, "gitops/dev/applications/argocd"))
      .map((file) => /^application\.argoproj\.io_(.*)\.yaml$/.exec(file)?.[1])
      .filter((name) => name !== undefined);
    const applications = await untilApplications(
      server,
      argoCd,
      (all) => all.size === rendered.length + 1 && [...all.values()].every(isSettled),
      420_000,
    );
    expect([...applications.keys()].sort()).toEqual([...rendered, "root"].sort());
    const own = [...applications.values()].filter((application) => !isOfChart(application));
    expect(own.length).toBeGreaterThan(15);
    for (const { metadata, status } of own) {
      expect([metadata.name, status?.sync?.revision ?? status?.sync?.revisions]).toEqual([
        metadata.name,
        metadata.name === "root" ? [head(), head()] : head(),
      ]);
    }
    expect(cluster.problems).toEqual([]);
  }, 450_000);

  test("starts a wave only when all of our own Applications before it are deployed", async () => {
    const own = [...(await applicationsOf(server)).values()].filter(
      (application) => !isOfChart(application) && application.metadata.name !== "root",
    );
    const spans = own.map(({ metadata, status }) => ({
      name: metadata.name,
      wave: Number(metadata.annotations["argocd.argoproj.io/sync-wave"]),
      made: Date.parse(metadata.creationTimestamp),
      deployed: Date.parse(status?.history?.[0]?.deployedAt ?? ""),
    }));
    expect(new Set(spans.map(({ wave }) => wave)).size).toBeGreaterThan(5);
    for (const later of spans) {
      const early = spans.filter(({ wave, deployed }) => wave < later.wave && !(deployed <= later.made));
      expect([later.name, early]).toEqual([later.name, []]);
    }
  });

  test("deploys what a bump commits, to that service alone", async () => {
    await run("bump", "--env", "dev", "--commit", "--push", `tasks=${first}`);
    await untilDeployed("tasks");
    expect(await imagesOf("tasks")).toEqual(both(first));

    const before = await generations();
    await run("bump", "--env", "dev", "--commit", "--push", `tasks=${second}`);
    const { status } = await untilDeployed("tasks");
    expect(await imagesOf("tasks")).toEqual(both(second));
    expect(status?.history?.at(-1)?.revision).toBe(head());
    expect(await generations()).toEqual({ ...before, tasks: (before.tasks ?? 0) + 1 });
  }, 300_000);

  test("brings the old version back when a rollback is committed", async () => {
    const bumped = head();
    await run("rollback", "--env", "dev", "--service", "tasks", "--push");
    expect(head()).not.toBe(bumped);
    const { status } = await untilDeployed("tasks");
    expect(await imagesOf("tasks")).toEqual(both(first));
    expect(status?.history?.at(-1)?.revision).toBe(head());
    expect(cluster.problems).toEqual([]);
  }, 180_000);

  test("has deployed nothing else, and nothing twice", async () => {
    // The root's health is that of its Applications, a moment later.
    const all = await untilApplications(server, argoCd, (each) => [...each.values()].every(isSettled), 60_000);
    const own = [...all.values()].filter((application) => !isOfChart(application));
    const deployments = own.map(({ metadata, status }) => [metadata.name, status?.history?.length]);
    expect(deployments).toEqual(own.map(({ metadata: { name } }) => [name, name === "tasks" ? 4 : 1]));
  }, 90_000);
});
