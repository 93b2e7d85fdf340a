import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { environments } from "#environments";
import { sidecarResources } from "#model/capacity";
import { nodeOptions } from "#model/node-options";
import { bytesQuantity, cpuQuantity } from "#model/quantities";
import { scaleOf } from "#model/scale";
import { todo } from "#system";

const text = readFileSync("docs/sizing.md", "utf8");

/** Rows of the table whose first column is called so, by their first cell. */
function table(first: string, second: string): Map<string, string[]> {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${first} | ${second} |`));
  const rows = lines.slice(start + 2);
  return new Map(
    rows
      .slice(
        0,
        rows.findIndex((line) => !line.startsWith("|")),
      )
      .map((line) => line.slice(2, -2).split(" | "))
      .map(([name = "", ...cells]) => [name, cells]),
  );
}

const services = Object.entries(todo.services);

describe("docs/sizing.md", () => {
  test("has the memory of every service as the model has it", () => {
    const memory = table("service", "idle");
    expect([...memory.keys()].sort()).toEqual(services.map(([name]) => name).sort());
    for (const [name, { resources }] of services) {
      const { requests, limits } = resources;
      const heap = /old-space-size=(\d+)/.exec(nodeOptions(resources))?.[1];
      expect([name, ...(memory.get(name) ?? []).slice(2)]).toEqual([
        name,
        `${requests.memory.mebibytes} MiB`,
        `${Math.floor(requests.memory.mebibytes * 0.7)} MiB`,
        `${limits.memory.mebibytes} MiB`,
        `${heap} MiB`,
      ]);
    }
  });

  test("has no service that load alone fills to where another replica comes", () => {
    for (const [name, [, loaded = "", , threshold = ""]] of table("service", "idle")) {
      expect([name, Number.parseInt(loaded, 10) <= Number.parseInt(threshold, 10)]).toEqual([name, true]);
    }
  });

  test("has requests and replicas as the model has them, and reckons with them", () => {
    const processor = table("service", "unit of work");
    for (const [name, service] of services) {
      const [, forOne = "", requested, before = "", replicas, all = ""] = processor.get(name) ?? [];
      const { min, max } = scaleOf(todo, name, service);
      expect([name, requested, replicas]).toEqual([
        name,
        cpuQuantity(service.resources.requests.cpu),
        `${min} to ${max}`,
      ]);
      const each = (0.7 * service.resources.requests.cpu.millicores) / Number.parseFloat(forOne);
      expect(Math.abs(Number.parseFloat(before) / each - 1)).toBeLessThan(0.05);
      expect(Math.abs(Number.parseFloat(all) / (each * max) - 1)).toBeLessThan(0.05);
    }
  });

  test("has the sidecar's memory and the partitions of every topic", () => {
    for (const environment of [environments.dev, environments.staging]) {
      expect(text).toContain(bytesQuantity(sidecarResources(environment).requests.memory));
    }
    const partitions = table("topic", "partitions");
    const said = new Map([...partitions].flatMap(([names, [count]]) => names.split(", ").map((name) => [name, count])));
    expect(said).toEqual(new Map(Object.entries(todo.topics).map(([name, topic]) => [name, String(topic.partitions)])));
  });
});
