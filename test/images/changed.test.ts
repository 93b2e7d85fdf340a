import { existsSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { baseImage, nodeVersion, unconfirmedBase } from "#images/base";
import { entryOf } from "#images/bundle";
import { buildable, changedImages } from "#images/changed";
import { ownImages } from "#model/own-images";
import { todo } from "#system";

const root = process.cwd();
const all = buildable(root, ownImages(todo));
const changed = (...paths: string[]) => changedImages(root, ownImages(todo), paths);

describe("what a change makes CI build", () => {
  it("is every image for what all are made with, and where nobody knows what changed", async () => {
    expect(all).toEqual(expect.arrayContaining(["tasks", "audit", "tools"]));
    for (const path of ["package-lock.json", "images/service.Dockerfile", "src/images/bundle.ts"])
      expect([path, await changed(path)]).toEqual([path, all]);
    expect(await changedImages(root, ownImages(todo), null)).toEqual(all);
  });

  it("is one service for a file of its own, removed ones too", async () => {
    expect(await changed("services/tasks/verbs/create-task.ts")).toEqual(["tasks"]);
    expect(await changed("services/tasks/no-longer-there.ts")).toEqual(["tasks"]);
  });

  it("is every service for what all import, and none for what no image holds", async () => {
    const services = all.filter((name) => existsSync(entryOf(name)) && name !== "tools");
    expect(await changed("services/kit/run.ts")).toEqual(expect.arrayContaining(services));
    expect(await changed("README.md", "test/tasks/http.test.ts", "charts/kafka.ts", "gitops/dev/x.yaml")).toEqual([]);
  });
});

it("builds on the Node that the project pins, and lists that its digest is not known", () => {
  expect(baseImage(nodeVersion(root))).toContain(`:${process.versions.node}-`);
  expect(unconfirmedBase(root).what).toContain(baseImage(nodeVersion(root)));
});
