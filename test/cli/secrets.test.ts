import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { readExisting, seedOf } from "#cli/secret-seed";
import { environments } from "#environments";
import { type CatalogueEntry, secretCatalogue } from "#model/secret-catalogue";
import { todo } from "#system";

const root = process.cwd();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Seeded {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly stringData: Readonly<Record<string, string>>;
}

const run = (arguments_: readonly string[], options: object = {}): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [join(root, "src/cli/secrets.ts"), ...arguments_], { encoding: "utf8", ...options });

const secretsIn = (text: string): Seeded[] => parseAllDocuments(text).map((document) => document.toJS() as Seeded);

/** What kubectl answers once the Secrets are applied. */
const applied = (secrets: readonly Seeded[]): string =>
  JSON.stringify({
    kind: "List",
    items: secrets.map(({ metadata, stringData }) => ({
      kind: "Secret",
      metadata,
      data: Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, btoa(value)])),
    })),
  });

describe("npm run secrets where secrets are Kubernetes'", () => {
  test("generates every secret that a machine may choose, and lists the others", () => {
    const { stdout, stderr, status } = run(["--env", "staging"]);
    const catalogue = secretCatalogue(todo, environments.staging);
    const chosen = catalogue.filter(({ source }) => source === "random");
    const seeded = secretsIn(stdout);
    expect(status).toBe(0);
    expect(seeded.map(({ metadata }) => metadata.name)).toEqual(chosen.map(({ name }) => name));
    for (const { metadata, stringData } of seeded) {
      expect(metadata.namespace).toBe("infra-secrets");
      const entry = chosen.find(({ name }) => name === metadata.name);
      expect(Object.keys(stringData).sort()).toEqual([...(entry?.keys ?? [])].sort());
    }
    for (const { name } of catalogue.filter(({ source }) => source !== "random"))
      expect(stderr).toContain(`  ${name} (`);
    expect(stderr).not.toContain(seeded[0]?.stringData.token ?? "no token");
  });

  test("guesses nothing twice: every value is new, long, and needs no quoting", () => {
    const values = [run(["--env", "dev"]), run(["--env", "dev"])].flatMap(({ stdout }) =>
      secretsIn(stdout).flatMap(({ stringData }) => Object.values(stringData).filter((value) => value !== "admin")),
    );
    expect(new Set(values).size).toBe(values.length);
    expect(values.every((value) => /^[A-Za-z0-9_-]{43}$/.test(value))).toBe(true);
  });

  test("has nothing to generate once everything is there", () => {
    const first = secretsIn(run(["--env", "dev"]).stdout);
    const file = join(folder, "existing.json");
    writeFileSync(file, applied(first));
    const again = run(["--env", "dev", "--existing", file]);
    expect(again.stdout).toBe("");
    expect(again.stderr).toContain("nothing to generate");
    const [lost, ...rest] = first;
    writeFileSync(file, applied(rest));
    const missing = secretsIn(run(["--env", "dev", "--existing", file]).stdout);
    expect(missing.map(({ metadata }) => metadata.name)).toEqual([lost?.metadata.name]);
  });

  test("refuses to write into the repository, and leaves nothing there", () => {
    const file = join(root, "test/cli/leaked.yaml");
    const output = openSync(file, "w");
    const { status, stderr } = run(["--env", "dev"], { stdio: ["ignore", output, "pipe"] });
    const text = readFileSync(file, "utf8");
    rmSync(file);
    expect(status).toBe(1);
    expect(text).toBe("");
    expect(stderr).toMatch(/^error: standard output is .*: secrets do not belong there\. Pipe it .*\.\n$/);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    [[], 2, /^error: no environment\./],
    [["--env", "nowhere"], 2, /^error: unknown environment "nowhere"\./],
    [["--env", "prod-aks", "--existing", "x"], 2, /^error: --existing is of no use in prod-aks\./],
    [["--env", "dev", "--existing", "/nowhere"], 1, /^error: cannot read \/nowhere: ENOENT\./],
    [["--env", "dev", "--existing", "package.json"], 1, /^error: package\.json holds no list of Secrets\./],
    [["--env", "dev", "--existing", "README.md"], 1, /^error: README\.md is no JSON\./],
  ])("answers %j in one line, with exit code %d", (arguments_, code, message) => {
    const { status, stderr, stdout } = run(arguments_);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect([status, stdout]).toEqual([code, ""]);
  });

  test("prints no value with --list", () => {
    const entries = JSON.parse(run(["--env", "prod-aks", "--list"]).stdout) as CatalogueEntry[];
    expect(entries.map(({ name }) => name)).toEqual(secretCatalogue(todo, environments["prod-aks"]).map((e) => e.name));
    expect(Object.keys(entries[0] ?? {}).sort()).toEqual(["keys", "name", "optional", "purpose", "source"]);
  });
});

/** Stands in for a cloud's command line: knows one secret, and notes what is written. */
function cloud(command: string, known: string): { readonly path: string; readonly log: string } {
  const log = join(folder, `${command}.log`);
  writeFileSync(
    join(folder, command),
    `#!/bin/sh\ncase "$*" in *list*) echo '${known}' ;; *) echo "$*" >> '${log}'; cat >> '${log}' ;; esac\n`,
  );
  chmodSync(join(folder, command), 0o755);
  return { path: `${folder}:${process.env.PATH}`, log };
}

describe("npm run secrets where a cloud has a vault", () => {
  test.each([
    ["prod-aks", "az", "audit-app-api-token\ntasks-database"],
    ["prod-gke", "gcloud", "audit-app-api-token\ntasks-database"],
    ["prod-oke", "oci", '[\n  "audit-app-api-token",\n  "tasks-database"\n]'],
  ] as const)("of %s writes with %s what the vault lacks, with no value on a command line", (name, command, known) => {
    const { path, log } = cloud(command, known);
    const script = run(["--env", name]).stdout;
    const shell = spawnSync("sh", [], { input: script, env: { PATH: path, OCI_KEY_ID: "key" }, encoding: "utf8" });
    expect([shell.status, shell.stderr]).toEqual([0, ""]);
    const lines = readFileSync(log, "utf8").trimEnd().split("\n");
    const calls = lines.filter((line) => !line.startsWith("{"));
    const inputs = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as object);
    const wanted = secretCatalogue(todo, environments[name])
      .filter(({ source, optional }) => source === "random" || (optional && name === "prod-oke"))
      .map((entry) => entry.name)
      .filter((entry) => !known.includes(entry));
    expect(calls.map((call) => wanted.find((entry) => call.split(" ").includes(entry)))).toEqual(
      expect.arrayContaining(wanted),
    );
    expect(calls).toHaveLength(wanted.length);
    expect(inputs).toHaveLength(wanted.length);
    expect(calls.join("\n")).not.toMatch(/[A-Za-z0-9_-]{43}/);
  });

  test("writes nothing when the vault cannot be listed", () => {
    const script = run(["--env", "prod-aks"]).stdout;
    writeFileSync(join(folder, "az"), `#!/bin/sh\necho called >> '${join(folder, "calls")}'\nexit 1\n`);
    chmodSync(join(folder, "az"), 0o755);
    expect(spawnSync("sh", [], { input: script, env: { PATH: `${folder}:${process.env.PATH}` } }).status).not.toBe(0);
    expect(readFileSync(join(folder, "calls"), "utf8")).toBe("called\n");
  });
});

describe("a seed", () => {
  const entry: CatalogueEntry = {
    name: "grafana-admin",
    keys: ["admin-user", "admin-password"],
    source: "random",
    optional: false,
    purpose: "",
    generate: (random) => ({ "admin-user": "admin", "admin-password": random() }),
  };

  test("keeps what is there when a key is missing", () => {
    const existing = new Map([["grafana-admin", { "admin-user": "root", extra: "kept" }]]);
    expect(Object.fromEntries(seedOf([entry], existing, () => "new").write)).toEqual({
      "grafana-admin": { "admin-user": "root", "admin-password": "new", extra: "kept" },
    });
  });

  test("takes an empty value for none", () => {
    const existing = new Map([["grafana-admin", { "admin-user": "", "admin-password": "old" }]]);
    expect(Object.fromEntries(seedOf([entry], existing, () => "new").write)).toEqual({
      "grafana-admin": { "admin-user": "admin", "admin-password": "old" },
    });
  });

  test("asks only for the keys that are missing", () => {
    const { generate: _, ...given } = entry;
    const existing = new Map([["grafana-admin", { "admin-user": "root" }]]);
    const { give, write } = seedOf([{ ...given, source: "given" }], existing, () => "new");
    expect([give.map(({ keys }) => keys), write.size]).toEqual([[["admin-password"]], 0]);
  });

  test("reads one Secret as it reads a list", () => {
    const secret = { kind: "Secret", metadata: { name: "a" }, data: { token: "w6Q=" } };
    expect(readExisting(JSON.stringify(secret), "x")).toEqual(new Map([["a", { token: "ä" }]]));
  });
});
