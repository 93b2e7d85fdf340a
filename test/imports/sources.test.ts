import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ImportsError } from "#imports-generator/imports-error";
import { download, pinnedAddresses, readFolder } from "#imports-generator/sources";

let folder: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imports-"));
  server = createServer((request, response) => {
    if (request.url === "/moved.yaml") response.writeHead(302, { location: "/a.yaml" }).end();
    else if (request.url === "/a.yaml") response.end("kind: A\n");
    else response.writeHead(404).end("not here");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await rm(folder, { recursive: true });
});

describe("downloading definitions", () => {
  test("follows redirects and keeps the order and names of the addresses", async () => {
    expect(await download([`${origin}/moved.yaml`, `${origin}/a.yaml`])).toEqual([
      { name: `${origin}/moved.yaml`, text: "kind: A\n" },
      { name: `${origin}/a.yaml`, text: "kind: A\n" },
    ]);
  });

  test("counts what failed, gives the first address with its reason and says how to do without network", async () => {
    const failure = download([`${origin}/a.yaml`, `${origin}/gone.yaml`, `${origin}/lost.yaml`]);
    await expect(failure).rejects.toThrow(`cannot download 2 of 3 files, first ${origin}/gone.yaml (HTTP 404)`);
    await expect(failure).rejects.toMatchObject({ remedy: expect.stringContaining("--from DIR") });
  });

  test("gives the system's code when there is no connection", async () => {
    const closed = createServer();
    await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    await expect(download([`http://127.0.0.1:${port}/a.yaml`])).rejects.toThrow("(ECONNREFUSED)");
  });
});

describe("reading definitions from a folder", () => {
  test("takes the yaml files by name and nothing else", async () => {
    const crds = await mkdtemp(join(folder, "crds-"));
    for (const name of ["b.yaml", "a.yaml", "README.md"]) await writeFile(join(crds, name), name);
    expect((await readFolder(crds)).map(({ name }) => name)).toEqual(["a.yaml", "b.yaml"]);
  });

  test("says that a folder is missing or empty, with a remedy", async () => {
    await expect(readFolder(join(folder, "nowhere"))).rejects.toThrow(/nowhere: ENOENT$/);
    const empty = readFolder(await mkdtemp(join(folder, "empty-")));
    await expect(empty).rejects.toThrow(/holds no \*\.yaml file$/);
    await expect(empty).rejects.toBeInstanceOf(ImportsError);
  });
});

describe("reading cdk8s.yaml", () => {
  test("takes the addresses without the module name cdk8s allows before them", async () => {
    const path = join(folder, "named.yaml");
    await writeFile(path, "imports:\n  - kafka:=https://example.com/a.yaml\n  - https://example.com/b:=c.yaml\n");
    expect(await pinnedAddresses(path)).toEqual(["https://example.com/a.yaml", "https://example.com/b:=c.yaml"]);
  });

  test("says that the file or its list is missing", async () => {
    await expect(pinnedAddresses(join(folder, "none.yaml"))).rejects.toThrow("cannot read cdk8s.yaml: ENOENT");
    const path = join(folder, "no-imports.yaml");
    await writeFile(path, "language: typescript\n");
    await expect(pinnedAddresses(path)).rejects.toThrow("cdk8s.yaml has no list of `imports`");
  });
});
