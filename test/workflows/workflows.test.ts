import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { outcomes } from "#charts/argocd/notifications";
import { placeholderOwners } from "#checks/placeholder-owners";
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

const texts = new Map(
  globSync(".github/workflows/*.yml")
    .sort()
    .map((file) => [basename(file, ".yml"), readFileSync(file, "utf8")]),
);
const workflows = new Map([...texts].map(([name, text]) => [name, parse(text) as Workflow]));
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

  // An expression is put into the script before the shell reads it: what others wrote would be run.
  it.each(jobs)("%s puts no expression into a script", (_, { steps }) => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });

  it.each(jobs)("%s keeps its token from the code of others", (_, { permissions = {}, steps }) => {
    const checkout = steps.find(({ uses }) => uses?.startsWith("actions/checkout@"));
    if (checkout && permissions.contents === "read") expect(checkout.with?.["persist-credentials"]).toBe(false);
  });
});

describe("our commands", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const called = new Map<string, Set<string>>();
  for (const { run = "" } of jobs.flatMap(([, { steps }]) => steps)) {
    const lines = run.replaceAll("\\\n", " ").split("\n");
    const optional = lines.flatMap((line) => /=\((--.*)\)/.exec(line)?.[1] ?? []).join(" ");
    for (const line of lines) {
      const [, script, rest = ""] = /npm run (?:--silent )?([a-z][a-z:0-9]*)(.*)/.exec(line) ?? [];
      if (script === undefined) continue;
      const flags = `${rest} ${optional}`.match(/--[a-z][a-z-]*/g) ?? [];
      called.set(script, new Set([...(called.get(script) ?? []), ...flags]));
    }
  }

  it.each([...called])("%s exists and takes the options that it is given", (script, flags) => {
    expect(scripts).toHaveProperty([script]);
    if (flags.size === 0) return;
    const [program, file = ""] = scripts[script]?.split(" ") ?? [];
    expect(program).toBe("node");
    const { status, stdout } = spawnSync(process.execPath, [file, "--help"], { encoding: "utf8" });
    expect(status).toBe(0);
    for (const flag of flags) expect(stdout).toMatch(new RegExp(`${flag}\\b`));
  });
});

describe("actions", () => {
  const used = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/^ *(?:- )?uses: (.+)$/gm)].map(([, one]) => one),
  );

  it("are named by their commit, with the version that it is for readers and for whoever raises it", () => {
    expect(used.length).toBeGreaterThan(20);
    for (const one of used) expect(one).toMatch(/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("have the same commit everywhere", () => {
    const commits = Map.groupBy(new Set(used), (one) => one?.split("@")[0]);
    for (const [action, each] of commits) expect([action, each]).toHaveProperty("1.length", 1);
  });

  it("are listed as not confirmed where their commit is not known", () => {
    expect(unconfirmedActions(process.cwd())).toEqual([]);
    const folder = mkdtempSync(join(tmpdir(), "workflows-"));
    try {
      const to = join(folder, ".github/workflows");
      mkdirSync(to, { recursive: true });
      const [pinned = ""] = used;
      writeFileSync(join(to, "a.yml"), `steps:\n  - uses: ${pinned}\n  - uses: some/action@v1.2.3\n`);
      writeFileSync(
        join(to, "b.yml"),
        "steps:\n  - name: b\n    uses: some/action@v1.2.3\n  - uses: 'other/action@main'\n",
      );
      expect(unconfirmedActions(folder).map(({ subject, what }) => `${subject}: ${what.split(" ")[0]}`)).toEqual([
        ".github/workflows/b.yml: other/action@main",
        ".github/workflows/a.yml, .github/workflows/b.yml: some/action@v1.2.3",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
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
    expect(all.promote?.environment).toMatch(/^\$\{\{ inputs\.to \}\}$/);
  });
});

it("asks a team for every production environment", () => {
  const owners = readFileSync(".github/CODEOWNERS", "utf8");
  expect(owners).toContain("PLACEHOLDER");
  expect(placeholderOwners(process.cwd()).map(({ what }) => what)).toEqual(["@example/todo-production"]);
  expect(owners).toMatch(/^\/gitops\/prod-\*\/\s+@\S+$/m);
});
