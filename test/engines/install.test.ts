import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { assertChecksums } from "./install-kafka.ts";
import { withInstallLock } from "./install-lock.ts";
import { enginePath, enginesFolder, findEngine } from "./paths.ts";
import { type TemporaryFolder, temporaryFolder } from "./process.ts";

const installer = join(import.meta.dirname, "install.ts");
const saved = { PATH: process.env.PATH, TODO_ENGINES_DIR: process.env.TODO_ENGINES_DIR };
let folder: TemporaryFolder;

/** Runs the installer with nothing on PATH. */
function run(...names: string[]) {
  return spawnSync(process.execPath, [installer, ...names], {
    encoding: "utf8",
    env: { PATH: join(folder.path, "bin"), TODO_ENGINES_DIR: join(folder.path, "cache") },
  });
}

function program(name: string, output: string): string {
  const path = join(folder.path, "bin", name);
  writeFileSync(path, `#!/bin/sh\necho "${output}"\n`, { mode: 0o755 });
  return path;
}

beforeEach(() => {
  folder = temporaryFolder("engines");
  mkdirSync(join(folder.path, "bin"));
  process.env.PATH = join(folder.path, "bin");
  process.env.TODO_ENGINES_DIR = join(folder.path, "cache");
});
afterEach(() => {
  for (const [name, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  folder.remove();
});

describe("finding an engine", () => {
  test("a missing one is an error that says the command which installs it", () => {
    expect(() => enginePath("daprd")).toThrow(
      new Error('the engine daprd is not installed: run "npm run engines -- daprd"'),
    );
  });

  test("one on PATH is used with the pinned version and no other", () => {
    program("etcd", "etcd Version: 3.6.160");
    expect(findEngine("etcd")).toBeUndefined();
    program("etcd", "etcd Version: 3.4.23");
    expect(findEngine("etcd")).toBeUndefined();
    const wanted = program("etcd", "etcd Version: 3.6.16");
    expect(findEngine("etcd")).toBe(wanted);
  });

  test("a program of the same name that is something else is not taken for Dapr's", () => {
    program("sentry", "1.18.2");
    expect(findEngine("sentry")).toBeUndefined();
  });

  test("the cache lies where the variable says, else in the user's cache folder", () => {
    expect(enginesFolder({ TODO_ENGINES_DIR: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(enginesFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/todo-engines");
    expect(enginesFolder({})).toMatch(/\/\.cache\/todo-engines$/);
  });
});

describe("npm run engines", () => {
  test("refuses a name it does not know and lists those it knows", () => {
    const { status, stderr } = run("etcd", "zookeeper");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^engines: no such engine: zookeeper\. There are etcd, kube-apiserver, .*sidecar-patch\n$/);
  });

  test("says for each engine what is missing to install it, and fails", () => {
    const { status, stdout, stderr } = run("etcd", "kafka", "checkov", "buildah");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^etcd +failed [\d.]+ s +go is not on PATH: install Go 1\.26 or newer$/m);
    expect(stdout).toMatch(/^kafka +failed [\d.]+ s +java is not on PATH: install a JDK 17 or newer and Maven$/m);
    expect(stdout).toMatch(/^checkov +failed [\d.]+ s +python3 is not on PATH/m);
    expect(stdout).toMatch(/^buildah +failed [\d.]+ s +there is no apt-get here: put buildah on PATH/m);
    expect(stderr).toBe("engines: not installed: etcd, kafka, buildah, checkov\n");
  });

  test("leaves alone what is there", () => {
    const path = program("buildah", "buildah version 1.28.2");
    const { status, stdout } = run("buildah");
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^buildah +present +${path}$`, "m"));
  });
});

describe("checksums of a class path", () => {
  const sums = (...files: [string, string][]) => files.map(([file, sum]) => `${sum}  ${file}\n`).join("");
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  test("hold for the listed bytes", () => {
    writeFileSync(join(folder.path, "bin", "a.jar"), "abc");
    expect(() => assertChecksums(join(folder.path, "bin"), sums(["a.jar", abc]))).not.toThrow();
  });

  test("name every file that is changed, missing or not listed", () => {
    writeFileSync(join(folder.path, "bin", "changed.jar"), "abd");
    writeFileSync(join(folder.path, "bin", "unlisted.jar"), "abc");
    const listed = sums(["changed.jar", abc], ["missing.jar", abc]);
    expect(() => assertChecksums(join(folder.path, "bin"), listed)).toThrow(
      "not the files that checksums.sha256 lists: changed.jar, missing.jar, unlisted.jar",
    );
  });
});

describe("two installations into one folder", () => {
  test("run one after the other, and a failed one lets the next in", async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await sleep(20);
      order.push(`${name} ends`);
      if (name === "first") throw new Error("first failed");
    };
    const first = withInstallLock(folder.path, work("first"), () => order.push("first waits"));
    const second = withInstallLock(folder.path, work("second"), () => order.push("second waits"));
    await expect(first).rejects.toThrow("first failed");
    await second;
    expect(order).toEqual(["first begins", "second waits", "first ends", "second begins", "second ends"]);
  });
});
