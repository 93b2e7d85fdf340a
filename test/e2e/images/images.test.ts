/** Our images, built from their sources and looked at from outside and inside. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { UID } from "#constructs/pod-security";
import { buildable } from "#images/changed";
import { FRONTEND } from "#images/frontend";
import { idleConnections } from "#model/idle-connections";
import { ownImages, TOOLS_IMAGE } from "#model/own-images";
import { paths } from "#model/paths";
import { usesPostgres } from "#model/system";
import { todo } from "#system";
import { eventually } from "../../kit/support/harness.ts";
import { type MountedImage, mountImage } from "./running-image.ts";
import { buildah, prepareStorage, standInBase, storage } from "./storage.ts";
import { type Surroundings, startSurroundings } from "./surroundings.ts";

const MEBIBYTE = 1_048_576;
const REGISTRY = "localhost/todo-test";

const images = buildable(process.cwd(), ownImages(todo));
const services = images.filter((name) => name !== FRONTEND && name !== TOOLS_IMAGE);
const mounted = new Map<string, MountedImage>();
let surroundings: Surroundings;

const image = (name: string): MountedImage => mounted.get(name) as MountedImage;

function build(names: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
  const chosen = names.flatMap((name) => ["--image", name]);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["src/cli/images.ts", "--engine", "buildah", "--registry", REGISTRY, "--base", standInBase(), ...chosen],
    { encoding: "utf8", env: { ...process.env, ...storage, ...env } },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.match(/sha256:[0-9a-f]{64}/g) ?? [];
}

beforeAll(async () => {
  prepareStorage();
  expect(build(images)).toHaveLength(images.length);
  for (const name of images) mounted.set(name, mountImage(`${REGISTRY}/${name}:local`));
  surroundings = await startSurroundings();
}, 900_000);

afterAll(async () => {
  await surroundings?.close();
  for (const [name, one] of mounted) {
    one[Symbol.dispose]();
    buildah("rmi", `${REGISTRY}/${name}:local`);
  }
}, 120_000);

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.each(images)("the image of %s", (name) => {
  test("runs as the user that the manifests name, and says what it is", () => {
    const { config } = image(name);
    expect(config.User).toBe(`${UID}:${UID}`);
    expect(config.Labels).toMatchObject({
      "org.opencontainers.image.title": name,
      "org.opencontainers.image.version": "local",
    });
  });

  test("holds no shell, no package manager, and nothing that its user may change or that raises rights", () => {
    const { folder } = image(name);
    const files = filesOf(folder);
    const programs = files.filter((file) => (statSync(file).mode & 0o111) !== 0 && !/\.so(?:\.|$)/.test(file));
    const own = programs.map((file) => file.slice(folder.length)).filter((file) => !file.startsWith("/app/"));
    expect(own).toEqual(["/usr/local/bin/node"]);
    const open = files.filter((file) => {
      const { mode, uid } = statSync(file);
      return uid === UID || (mode & 0o6002) !== 0;
    });
    expect(open).toEqual([]);
  });

  test("is small", () => {
    const size = filesOf(image(name).folder).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(size / MEBIBYTE).toBeLessThan(name === FRONTEND ? 250 : 160);
  });

  test("tells scanners what is inside: Debian's packages, npm's and Node", () => {
    const { folder } = image(name);
    expect(readdirSync(join(folder, "var/lib/dpkg/status.d"))).toEqual(expect.arrayContaining(["libc6", "libstdc++6"]));
    const { packages } = JSON.parse(readFileSync(join(folder, "app/sbom.spdx.json"), "utf8")) as {
      packages: readonly { name: string; versionInfo: string }[];
    };
    const names = packages.map((one) => one.name);
    expect(names).toEqual(expect.arrayContaining([name, "node"]));
    if (services.includes(name)) expect(names).toEqual(expect.arrayContaining(["hono", "kysely", "pg", "zod"]));
    const { stdout } = spawnSync(join(folder, "usr/local/bin/node"), ["--version"], { encoding: "utf8" });
    expect(stdout.trim()).toBe(`v${packages.find((one) => one.name === "node")?.versionInfo}`);
  });
});

test("the same commit on the same base gives the same bytes", () => {
  const epoch = { SOURCE_DATE_EPOCH: "1700000000" };
  const first = build(["tasks"], epoch);
  const second = build(["tasks"], epoch);
  expect(second).toEqual(first);
}, 120_000);

describe("started from its image on a read-only file system", () => {
  test.each(services.filter((name) => usesPostgres(todo, todo.services[name as "tasks"])))(
    "%s migrates its schema and ends",
    async (name) => {
      const run = image(name).start(surroundings.environmentOf(name), "migrate");
      expect([await run.ended(), run.output()]).toEqual([0, expect.stringContaining(`${name}: applied`)]);
    },
    60_000,
  );

  test.each(images.filter((name) => name !== TOOLS_IMAGE))(
    "%s becomes ready, and ends when it is asked to",
    async (name) => {
      const run = image(name).start(surroundings.environmentOf(name));
      const url = `http://127.0.0.1:${surroundings.ports[name]}`;
      try {
        await eventually(async () => {
          const response = await fetch(`${url}${paths.ready}`);
          expect([response.status, run.output()]).toEqual([200, expect.anything()]);
          expect(response.headers.get("keep-alive")).toBe(`timeout=${idleConnections.serverMs / 1_000}`);
        }, 90_000);
      } finally {
        // Next closes its server as gently, and then ends with the signal's number.
        expect([await run.stop(), run.output()]).toEqual([name === FRONTEND ? 143 : 0, expect.anything()]);
      }
    },
    180_000,
  );

  test("tools says which commands it has", async () => {
    const run = image(TOOLS_IMAGE).start({}, "nothing");
    expect([await run.ended(), run.output()]).toEqual([2, expect.stringContaining("register-schemas")]);
  });
});
