import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { EmitError } from "#emit/errors";
import { applyPlan, digest, lockTree, type PlanOptions, planTree, type TreePlan } from "#emit/tree";
import { after, before, rendered, snapshot, temporaryFolder, writeTree } from "./fixtures.ts";

const dev = { scope: ["dev"] };

function update(root: string, files: ReadonlyMap<string, string>, options: PlanOptions = dev): TreePlan {
  using lock = lockTree(root);
  const plan = planTree(root, files, options);
  applyPlan(plan, lock);
  return plan;
}

function filesOf(root: string): Map<string, string> {
  const entries = Object.entries(snapshot(root)).filter(([, text]) => text.includes(" "));
  return new Map(entries.map(([path, text]) => [path, text.slice(text.indexOf(" ") + 1)]));
}

describe("a plan", () => {
  test("names what is added, changed, removed, unchanged and foreign, and reads only", () => {
    using folder = temporaryFolder();
    writeTree(folder.path, before);
    writeTree(folder.path, new Map([["dev/tasks/notes.txt", "mine"]]));
    const old = snapshot(folder.path);
    expect(planTree(folder.path, after, dev)).toMatchObject({
      added: [
        "dev/audit/_cluster/clusterrole_audit.yaml",
        "dev/audit/todo-apps/service_audit.yaml",
        "dev/tasks/todo-apps/configmap_tasks.yaml",
      ],
      changed: ["dev/tasks/todo-apps/deployment.apps_tasks.yaml"],
      removed: ["dev/chat/todo-apps/service_chat.yaml", "dev/tasks/todo-apps/role_tasks.yaml"],
      unchanged: ["dev/tasks/todo-apps/service_tasks.yaml"],
      foreign: ["dev/tasks/notes.txt"],
      edited: [],
    });
    expect(snapshot(folder.path)).toEqual(old);
  });

  test("of a folder that does not exist adds everything and makes nothing", () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "gitops");
    expect(planTree(root, after, dev).added).toHaveLength(after.size);
    expect(existsSync(root)).toBe(false);
  });

  test("leaves other environments alone", () => {
    using folder = temporaryFolder();
    writeTree(folder.path, rendered({ "staging/tasks/a.yaml": "1" }));
    expect(planTree(folder.path, before, dev)).toMatchObject({ removed: [], foreign: [] });
    expect(planTree(folder.path, before, { scope: ["dev", "staging"] }).removed).toEqual(["staging/tasks/a.yaml"]);
  });

  test("names files that were edited or deleted since they were recorded", () => {
    using folder = temporaryFolder();
    writeTree(folder.path, before);
    const recorded = Object.fromEntries([...before].map(([path, text]) => [path, digest(text)]));
    expect(planTree(folder.path, after, { ...dev, recorded }).edited).toEqual([]);
    const changed = "dev/tasks/todo-apps/deployment.apps_tasks.yaml";
    const gone = "dev/tasks/todo-apps/role_tasks.yaml";
    writeTree(folder.path, rendered({ [changed]: "by hand" }));
    const edited = {
      ...recorded,
      "dev/tasks/todo-apps/lost.yaml": digest("x"),
      "staging/a.yaml": digest("x"),
      [gone]: digest("x"),
    };
    expect(planTree(folder.path, after, { ...dev, recorded: edited }).edited).toEqual([
      changed,
      "dev/tasks/todo-apps/lost.yaml",
      gone,
    ]);
  });

  test("without a record, names a file in our place that lost its header", () => {
    using folder = temporaryFolder();
    const path = "dev/tasks/todo-apps/service_tasks.yaml";
    writeTree(folder.path, new Map([[path, "a: 1\n"]]));
    expect(planTree(folder.path, after, dev)).toMatchObject({ changed: [path], edited: [path] });
  });

  test.each(["", "/", "dev", "dev/../x.yaml", "/dev/x.yaml", "dev//x.yaml", "staging/x.yaml"])(
    "refuses to write to %j",
    (path) => {
      using folder = temporaryFolder();
      expect(() => planTree(folder.path, new Map([[path, ""]]), dev)).toThrow(RangeError);
    },
  );
});

describe("applying a plan", () => {
  test("gives exactly the rendered files, also over foreign and stale ones", () => {
    using folder = temporaryFolder();
    update(folder.path, before);
    expect(filesOf(folder.path)).toEqual(before);
    writeTree(folder.path, new Map([["dev/chat/notes.txt", "mine"]]));
    update(folder.path, after);
    expect(filesOf(folder.path)).toEqual(new Map([...after, ["dev/chat/notes.txt", "mine"]]));
    expect(existsSync(join(folder.path, "dev/chat/todo-apps"))).toBe(false);
  });

  test("makes the folder where there is none and removes environments that hold nothing any more", () => {
    using folder = temporaryFolder();
    const root = join(folder.path, "deep/gitops");
    update(root, before);
    expect(filesOf(root)).toEqual(before);
    update(root, new Map());
    expect(snapshot(root)).toEqual({});
  });

  test("leaves files alone that do not change", () => {
    using folder = temporaryFolder();
    update(folder.path, before);
    const path = join(folder.path, "dev/tasks/todo-apps/service_tasks.yaml");
    utimesSync(path, 1, 1);
    const { ino } = statSync(path);
    update(folder.path, after);
    expect(statSync(path)).toMatchObject({ ino, mtimeMs: 1000 });
    expect(update(folder.path, after)).toMatchObject({ added: [], changed: [], removed: [] });
  });

  test("gives files mode 0644 and folders 0755 whatever the umask", () => {
    using folder = temporaryFolder();
    const umask = process.umask(0o077);
    try {
      update(join(folder.path, "gitops"), before);
      expect(process.umask()).toBe(0o077);
    } finally {
      process.umask(umask);
    }
    const modes = Object.values(snapshot(folder.path)).map((entry) => entry.slice(0, 3));
    expect(new Set(modes)).toEqual(new Set(["644", "755"]));
  });

  test("leaves no empty folders when nothing is written", () => {
    using folder = temporaryFolder();
    lockTree(join(folder.path, "a/b"))[Symbol.dispose]();
    expect(snapshot(folder.path)).toEqual({});
  });

  test("needs the lock of that very tree", () => {
    using folder = temporaryFolder();
    const plan = planTree(join(folder.path, "a"), before, dev);
    using lock = lockTree(join(folder.path, "b"));
    expect(() => applyPlan(plan, lock)).toThrow(RangeError);
  });
});

describe("what stands in the way is one clear error and changes nothing", () => {
  const expectRefusal = (root: string, base: string, message: RegExp): void => {
    const old = snapshot(base);
    expect(() => update(root, after)).toThrow(EmitError);
    expect(() => update(root, after)).toThrow(message);
    expect(snapshot(base)).toEqual(old);
  };

  test.each([
    ["an environment", "dev"],
    ["a folder", "dev/tasks/todo-apps"],
    ["a file", "dev/tasks/todo-apps/service_tasks.yaml"],
    ["something foreign", "dev/link"],
  ])("%s that is a symbolic link", (_, path) => {
    using folder = temporaryFolder();
    const outside = join(folder.path, "outside");
    writeTree(outside, before);
    const root = join(folder.path, "gitops");
    mkdirSync(join(root, path, ".."), { recursive: true });
    symlinkSync(outside, join(root, path));
    expectRefusal(root, folder.path, /is a symbolic link/);
  });

  test.each([
    ["a file where a folder is needed", "dev/tasks", /a file stands where a folder is needed/],
    ["a file where the environment is needed", "dev", /a file stands where a folder is needed/],
    [
      "a folder where a file is needed",
      "dev/audit/todo-apps/service_audit.yaml/x",
      /a folder stands where a file is needed/,
    ],
  ])("%s", (_, path, message) => {
    using folder = temporaryFolder();
    writeTree(folder.path, new Map([[path, "mine"]]));
    expectRefusal(folder.path, folder.path, message);
  });

  test("an output folder that is a file", () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, "gitops"), "mine");
    expectRefusal(join(folder.path, "gitops"), folder.path, /a file stands where a folder is needed/);
    expectRefusal(join(folder.path, "gitops/deeper"), folder.path, /a file stands where a folder is needed/);
  });

  test("an output folder reached through a link is followed, as the user asked for it", () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, "real"));
    symlinkSync(join(folder.path, "real"), join(folder.path, "gitops"));
    update(join(folder.path, "gitops"), before);
    expect(filesOf(join(folder.path, "real"))).toEqual(before);
  });

  test("a staging folder that is a link is not followed", () => {
    using folder = temporaryFolder();
    const outside = join(folder.path, "outside");
    writeTree(
      outside,
      new Map([
        ["journal", '{"added":["dev/x"],"folders":[],"replaced":[]}'],
        ["keep", "mine"],
      ]),
    );
    writeTree(join(folder.path, "gitops"), new Map([["dev/x", "mine"]]));
    symlinkSync(outside, join(folder.path, "gitops/.synth-staging"));
    update(join(folder.path, "gitops"), before);
    expect(readFileSync(join(outside, "keep"), "utf8")).toBe("mine");
    expect(readFileSync(join(folder.path, "gitops/dev/x"), "utf8")).toBe("mine");
  });

  test("a journal that a power cut emptied", () => {
    using folder = temporaryFolder();
    writeTree(folder.path, new Map([[".synth-staging/journal", ""], ...before]));
    expectRefusal(folder.path, folder.path, /\.synth-staging\/journal cannot be read$/);
  });

  test("a rendered file that became a read-only one is replaced", () => {
    using folder = temporaryFolder();
    update(folder.path, before);
    chmodSync(join(folder.path, "dev/tasks/todo-apps/deployment.apps_tasks.yaml"), 0o400);
    update(folder.path, after);
    expect(filesOf(folder.path)).toEqual(after);
  });
});
