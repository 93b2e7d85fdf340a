import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { outcomes } from "#charts/argocd/notifications";
import { unconfirmedActions } from "#checks/unconfirmed-actions";
import { COMMENT_MARK } from "#diff/markdown";
import { environments } from "#environments";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, { types?: string[]; inputs?: Record<string, { options?: string[] }> } | null>>;
  readonly permissions: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = new Map(
  globSync(".github/workflows/*.yml")
    .sort()
    .map((file) => [basename(file, ".yml"), parse(readFileSync(file, "utf8")) as Workflow]),
);
const workflow = (name: string): Workflow => {
  const found = workflows.get(name);
  if (!found) throw new Error(`there is no workflow ${name}`);
  return found;
};
const jobs = [...workflows].flatMap(([file, { jobs: all }]) =>
  Object.entries(all).map(([name, job]): [string, Job] => [`${file}/${name}`, job]),
);

describe("every workflow", () => {
  it("is one of the five", () => {
    expect([...workflows.keys()]).toEqual(["ci", "images", "promote", "rollback", "verify"]);
  });

  it.each([...workflows])(
    "%s gives no permission by itself and does not run twice at once",
    (_, { permissions, concurrency }) => {
      expect(permissions).toEqual({});
      expect(concurrency?.group).toBeTruthy();
    },
  );
});

describe("every job", () => {
  it.each(jobs)("%s says what it may do and how long", (_, job) => {
    expect(Object.keys(job.permissions ?? {})).not.toEqual([]);
    expect(Object.values(job.permissions ?? {})).not.toContain("write-all");
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it.each(jobs)("%s runs actions of one exact version", (_, { steps }) => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/);
  });

  // An expression is put into the script before the shell reads it: what others wrote would be run.
  it.each(jobs)("%s puts no expression into a script", (_, { steps }) => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });

  it.each(jobs)("%s keeps its token from the code of others", (_, { permissions = {}, steps }) => {
    const checkout = steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
    if (checkout && permissions.contents === "read") expect(checkout.with?.["persist-credentials"]).toBe(false);
  });

  it.each(jobs)("%s calls scripts that exist", (_, { steps }) => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    for (const { run = "" } of steps) {
      for (const [, script = ""] of run.matchAll(/npm run (?:--silent )?([a-z:]+)/g))
        expect(scripts).toHaveProperty([script]);
    }
  });
});

describe("the token of a pull request", () => {
  it("can write only where nothing of the pull request runs", () => {
    for (const { permissions = {}, steps } of Object.values(workflow("ci").jobs)) {
      if (!Object.values(permissions).includes("write")) continue;
      expect(steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    }
  });

  it("finds its comment by the mark that diff writes", () => {
    expect(workflow("ci").jobs.comment?.env?.MARK).toBe(COMMENT_MARK);
  });
});

describe("what Argo CD tells", () => {
  it("starts verify and rollback", () => {
    expect(workflow("verify").on.repository_dispatch?.types).toEqual([outcomes.deployed.event]);
    expect(workflow("rollback").on.repository_dispatch?.types).toEqual([
      outcomes["health-degraded"].event,
      outcomes["sync-failed"].event,
    ]);
  });
});

describe("a promotion by hand", () => {
  it("offers every environment, and asks the one that gets it for its protection", () => {
    const { on, jobs: all } = workflow("promote");
    const names = Object.values(environments).map(({ name }) => name);
    expect(on.workflow_dispatch?.inputs?.from?.options).toEqual(names);
    expect(on.workflow_dispatch?.inputs?.to?.options).toEqual(names);
    expect(all.promote?.environment).toBe("${{ inputs.to }}");
  });
});

it("lists every action whose commit is not known", () => {
  const used = new Set(jobs.flatMap(([, { steps }]) => steps.flatMap(({ uses }) => uses ?? [])));
  const listed = unconfirmedActions(process.cwd()).map(({ what }) => what.split(" ")[0]);
  expect(listed.sort()).toEqual([...used].filter((name) => !/@[0-9a-f]{40}$/.test(name)).sort());
});

it("asks a team for every production environment", () => {
  const owners = readFileSync(".github/CODEOWNERS", "utf8");
  expect(owners).toContain("PLACEHOLDER");
  expect(owners).toMatch(/^\/gitops\/prod-\*\/\s+@\S+$/m);
});
