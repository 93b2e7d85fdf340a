import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { environments } from "#environments";
import { topologyOf } from "#model/graph";
import { todo } from "#system";

const root = join(import.meta.dirname, "../..");
let folder: string;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function graph(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  try {
    const run = promisify(execFile)(process.execPath, [join(root, "src/cli/graph.ts"), ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    return { code: 0, ...(await run) };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graph-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("npm run graph", () => {
  it("prints the topology as JSON", async () => {
    const { code, stdout } = await graph(["--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(topologyOf(todo));
  });

  it("draws the same bytes in any directory, time zone and locale, and they are the committed ones", async () => {
    const first = await graph(["--out", "a.svg"], { TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8" });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    await graph(["--out", "deep/er/b.svg"], { TZ: "America/Lima", LC_ALL: "C" });
    const [a, b, committed] = await Promise.all(
      [join(folder, "a.svg"), join(folder, "deep/er/b.svg"), join(root, "docs/topology.svg")].map((file) =>
        readFile(file, "utf8"),
      ),
    );
    expect(b).toBe(a);
    expect(committed).toBe(a);
  });

  it("draws every node and edge with its class, for light and dark pages", async () => {
    await graph(["--out", "c.svg"]);
    const svg = (await readFile(join(folder, "c.svg"), "utf8")).replaceAll("&#45;", "-");
    const { nodes, edges } = topologyOf(todo);
    for (const { id } of nodes) expect(svg).toContain(`<title>${id}</title>`);
    for (const kind of new Set(edges.map((edge) => edge.kind))) {
      const count = edges.filter((edge) => edge.kind === kind).length;
      expect(svg.match(new RegExp(`class="edge ${kind}"`, "g"))).toHaveLength(count);
    }
    expect(svg).toContain("prefers-color-scheme: dark");
  });

  it("says nothing of any environment", async () => {
    await graph(["--out", "d.svg"]);
    const svg = await readFile(join(folder, "d.svg"), "utf8");
    for (const { domain, registry } of Object.values(environments)) {
      expect(svg).not.toContain(domain);
      expect(svg).not.toContain(registry);
    }
  });

  it("refuses unknown and contradicting arguments in one line", async () => {
    for (const args of [["--nonsense"], ["--json", "--out", "x.svg"], ["extra"]]) {
      const { code, stderr } = await graph(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^graph: .+\. See npm run graph -- --help\.\n$/);
    }
  });

  it("leaves the old picture whole and no rest behind when it cannot write", async () => {
    await writeFile(join(folder, "file"), "not a folder");
    const { code, stderr } = await graph(["--out", "file/x.svg"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^graph: cannot write the picture: .+\. Make room or name another file with --out\.\n$/);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
