import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { lockTree } from "#emit/tree";
import { answer, ended, firstLine, run, script, start } from "./children.ts";
import { after, before, rendered, snapshot, temporaryFolder, writeTree } from "./fixtures.ts";
import type { Task } from "./tree-child.ts";

const next = [...after];

/** A tree as an earlier run left it, with a foreign file in a folder that loses everything else. */
function oldTree(root: string): Record<string, string> {
  rmSync(root, { recursive: true, force: true });
  writeTree(root, new Map([...before, ["dev/chat/notes.txt", "mine"]]));
  return snapshot(root);
}

function newTree(root: string): Record<string, string> {
  rmSync(root, { recursive: true, force: true });
  writeTree(root, new Map([...after, ["dev/chat/notes.txt", "mine"]]));
  return snapshot(root);
}

describe("a failure in the middle leaves the old tree whole", () => {
  test("whichever call it is that fails", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    const expected = newTree(root);
    oldTree(root);
    const total = (await run({ root, files: next }))?.calls ?? 0;
    expect(snapshot(root)).toEqual(expected);
    expect(total).toBeGreaterThan(30);

    let undone = 0;
    for (let failAt = 1; failAt <= total; failAt++) {
      const old = oldTree(root);
      const result = await run({ root, files: next, failAt, failure: "ENOSPC" });
      lockTree(root)[Symbol.dispose]();
      if (result?.error === undefined) {
        // Only clearing away what is no longer needed may fail without a word.
        expect(snapshot(root)).toEqual(expected);
        continue;
      }
      undone++;
      expect(result.error).toMatchObject({ name: "EmitError", message: expect.stringMatching(/no room left( \(|$)/) });
      expect([failAt, snapshot(root)]).toEqual([failAt, old]);
    }
    expect(undone).toBeGreaterThan(25);
  }, 120_000);

  test("when the disk is really full, or the file too large where no disk can be mounted", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "disk");
    mkdirSync(root);
    const files = Array.from(
      { length: 20 },
      (_, index) => [`dev/a/b/${index}.yaml`, "x".repeat(index < 14 ? 4000 : 9000)] as const,
    );
    const old = new Map([...before, ["dev/a/b/0.yaml", "old"]]);
    const isRoot = process.getuid?.() === 0;
    const mount = (what: string): string => `mount -t tmpfs -o size=64k tmpfs "$0" && ${what}`;
    const namespace = isRoot ? ["-m"] : ["-Urm"];
    const canMount = spawnSync("unshare", [...namespace, "sh", "-c", mount("true"), root]).status === 0;

    // The mount lives and dies with the child's namespace, so the tree is made and compared in there.
    const inside = `cp -r "$1" "$0/gitops" && "$2" --no-warnings "$3" "$4" && cp -r "$0/gitops" "$5"`;
    const source = join(folder.path, "source");
    const result = join(folder.path, "result");
    writeTree(source, old);
    const task: Task = { root: join(root, "gitops"), files };
    const words = [root, source, process.execPath, script, JSON.stringify(task), result];
    const child = canMount
      ? spawn("unshare", [...namespace, "sh", "-c", mount(inside), ...words])
      : spawn("sh", ["-c", `ulimit -f 16 && ${inside}`, ...words]);
    const { error, calls } = (await answer(child)) ?? {};
    expect(error?.message).toMatch(canMount ? /it has no room left$/ : /larger than this user may write/);
    expect(error?.remedy).toBeTruthy();
    expect(calls).toBeGreaterThan(15);
    expect(snapshot(result)).toEqual(snapshot(source));
  });

  test("when a file is larger than the user may write", async () => {
    using folder = temporaryFolder();
    const old = oldTree(folder.path);
    const files = [...after, ["dev/z.yaml", "x".repeat(100_000)] as const];
    const task: Task = { root: folder.path, files };
    const child = spawn("sh", [
      "-c",
      'ulimit -f 16 && "$0" --no-warnings "$1" "$2"',
      process.execPath,
      script,
      JSON.stringify(task),
    ]);
    expect((await answer(child))?.error?.message).toMatch(/a file would be larger than this user may write$/);
    expect(snapshot(folder.path)).toEqual(old);
  });

  test.each([
    ["the output folder", "."],
    ["a folder that a file is added to", "dev/tasks/todo-apps"],
    ["a folder that a file is removed from", "dev/chat/todo-apps"],
    ["a folder that a folder is added to", "dev"],
  ])("when %s is not writable for an ordinary user", async (_, path) => {
    using folder = temporaryFolder();
    const asUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const root = join(folder.path, "gitops");
    oldTree(root);
    if (asUser.uid !== undefined) {
      chmodSync(folder.path, 0o755);
      for (const name of ["", ...Object.keys(snapshot(root))]) chownSync(join(root, name), asUser.uid, asUser.gid);
    }
    chmodSync(join(root, path), 0o555);
    const old = snapshot(root);
    const result = await run({ root, files: next }, asUser);
    expect(result?.error?.message).toMatch(/^cannot write .*: permission denied/);
    expect(result?.error?.remedy).toMatch(/^Make the folder writable/);
    expect(snapshot(root)).toEqual(old);
    chmodSync(join(root, path), 0o755);
  });
});

describe("a run killed in the middle is undone by the next", () => {
  test("whichever call it was killed at, also one that left half a file", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    const expected = newTree(root);
    let halfway = 0;
    for (let failAt = 1; ; failAt++) {
      const old = oldTree(root);
      const finished = (await run({ root, files: next, failAt, failure: "SIGKILL" })) !== undefined;
      if (finished) break;
      const left = dev(snapshot(root));
      if (!same(left, dev(old)) && !same(left, dev(expected))) halfway++;
      lockTree(root)[Symbol.dispose]();
      const repaired = snapshot(root);
      expect([failAt, repaired]).toEqual([
        failAt,
        same(left, dev(expected)) && same(repaired, expected) ? expected : old,
      ]);
    }
    expect(halfway).toBeGreaterThan(5);
  }, 120_000);

  test("even when the undoing is killed as well", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    await killThatLeaves(
      root,
      (left) => left.includes("dev/audit") && !left.includes("dev/tasks/todo-apps/role_tasks.yaml"),
    );
    const halfDone = join(folder.path, "half-done");
    cpSync(root, halfDone, { recursive: true, preserveTimestamps: true });
    const old = oldTree(root);
    let repairs = 0;
    for (let failAt = 1; ; failAt++) {
      rmSync(root, { recursive: true });
      cpSync(halfDone, root, { recursive: true, preserveTimestamps: true });
      const finished = (await run({ root, files: [...before], failAt, failure: "SIGKILL" })) !== undefined;
      lockTree(root)[Symbol.dispose]();
      expect([failAt, snapshot(root)]).toEqual([failAt, old]);
      if (finished) break;
      repairs++;
    }
    expect(repairs).toBeGreaterThan(10);
  }, 120_000);

  test("at any moment", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    const many = (content: string): Map<string, string> =>
      rendered(
        Object.fromEntries(
          Array.from({ length: 60 }, (_, index) => [`dev/${content}${index % 7}/x/${index}.yaml`, content]),
        ),
      );
    const one = new Map([...many("a"), ...before]);
    const other = new Map([...many("b"), ...after]);
    const wanted = [one, other].map((files) => {
      rmSync(root, { recursive: true, force: true });
      writeTree(root, files);
      return snapshot(root);
    });
    for (let seed = 0; seed < 25; seed++) {
      const child = start({ root, files: [...one], alternate: [...other] });
      await firstLine(child);
      await new Promise((resolve) => setTimeout(resolve, (seed * 7.3) % 40));
      child.kill("SIGKILL");
      expect(await ended(child)).toBe("SIGKILL");
      lockTree(root)[Symbol.dispose]();
      expect(wanted).toContainEqual(snapshot(root));
    }
  });

  test("but what a person changed in between stays", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    await killThatLeaves(root, (left) => left.includes("dev/audit"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const mine = {
      "dev/audit/todo-apps/service_audit.yaml": "mine",
      "dev/audit/notes.txt": "mine",
      "dev/tasks/todo-apps/role_tasks.yaml": "mine",
    };
    writeTree(root, new Map(Object.entries(mine)));
    lockTree(root)[Symbol.dispose]();
    expect(snapshot(root)).toMatchObject(Object.fromEntries(Object.keys(mine).map((path) => [path, "644 mine"])));
    expect(existsSync(join(root, "dev/audit/_cluster"))).toBe(false);
  });
});

describe("two runs at once", () => {
  test("the second ends with one clear error, the lock of a dead run is taken over", async () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    const holder = start({ root, files: [], hold: true });
    expect(await firstLine(holder)).toBe("held");
    expect(() => lockTree(root)).toThrow(
      expect.objectContaining({
        name: "EmitError",
        message: `another run (process ${holder.pid}) is writing ${root}`,
        remedy: `Wait until it is done; if there is none, delete ${root}/.synth.lock`,
      }),
    );
    holder.kill("SIGKILL");
    await ended(holder);
    lockTree(root)[Symbol.dispose]();
    expect(snapshot(root)).toEqual({});
  });

  test("this process cannot take its own lock twice, but takes one that an earlier process of its id left", () => {
    using folder = temporaryFolder();
    {
      using _lock = lockTree(folder.path);
      expect(() => lockTree(folder.path)).toThrow(/another run/);
    }
    writeTree(folder.path, new Map([[`.synth.lock/${process.pid}-1`, ""]]));
    lockTree(folder.path)[Symbol.dispose]();
    expect(snapshot(folder.path)).toEqual({});
  });

  test("many runs over a dead lock: each gives the whole tree or the clear error, and nothing is left behind", async () => {
    using folder = temporaryFolder();
    const expected = newTree(folder.path);
    for (let round = 0; round < 4; round++) {
      oldTree(folder.path);
      const dead = start({ root: folder.path, files: [], hold: true });
      await firstLine(dead);
      dead.kill("SIGKILL");
      await ended(dead);
      const results = await Promise.all(Array.from({ length: 6 }, () => run({ root: folder.path, files: next })));
      const errors = results.flatMap((result) => result?.error?.message ?? []);
      expect(errors.length).toBeLessThan(6);
      for (const error of errors) expect(error).toMatch(/^another run \(process \d+\) is writing/);
      expect(snapshot(folder.path)).toEqual(expected);
    }
  });
});

test("the same bytes and modes in every time zone, locale and umask", async () => {
  using folder = temporaryFolder();
  const surroundings = [
    ["022", { TZ: "UTC", LANG: "C" }],
    ["077", { TZ: "Pacific/Kiritimati", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }],
    ["000", { TZ: "America/St_Johns", LANG: "sv_SE.UTF-8" }],
  ] as const;
  const trees = [];
  for (const [umask, env] of surroundings) {
    const root = join(folder.path, umask, "gitops");
    mkdirSync(join(folder.path, umask));
    const words = [
      "-c",
      `umask ${umask} && exec "$0" "$@"`,
      process.execPath,
      "--no-warnings",
      script,
      JSON.stringify({ root, files: next }),
    ];
    expect(await answer(spawn("sh", words, { env: { ...process.env, ...env } }))).not.toHaveProperty("error");
    trees.push(snapshot(join(folder.path, umask)));
  }
  expect(trees[1]).toEqual(trees[0]);
  expect(trees[2]).toEqual(trees[0]);
});

function dev(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => path.startsWith("dev")));
}

function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Kills runs, each a call later, until one leaves the tree half done in the way asked for. */
async function killThatLeaves(root: string, isWanted: (paths: readonly string[]) => boolean): Promise<void> {
  // Before that, a run only prepares.
  for (let failAt = 20; ; failAt++) {
    oldTree(root);
    if ((await run({ root, files: next, failAt, failure: "SIGKILL" })) !== undefined) throw new Error("no such moment");
    if (isWanted(Object.keys(snapshot(root)))) return;
  }
}
