import { describe, expect, it } from "@jest/globals";
import { topologyOf } from "#model/graph";
import { mebibytes, millicores } from "#model/quantities";
import { api } from "#model/service";
import { todo } from "#system";

const { nodes, edges } = topologyOf(todo);

describe("the topology", () => {
  it("has a node for every service, topic, store and outside host, and no other", () => {
    const ids = (kind: string) => nodes.filter((node) => node.kind === kind).map(({ id }) => id);
    expect(ids("service")).toEqual(Object.keys(todo.services));
    expect(ids("topic")).toEqual(Object.keys(todo.topics));
    expect(ids("store")).toEqual(Object.keys(todo.stores));
    expect(ids("outside")).toEqual(Object.keys(todo.outside));
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  });

  it("has an edge for every entry of every service, which is its from", () => {
    const said = Object.entries(todo.services).flatMap(([name, service]) => [
      ...Object.keys(service.invokes).map((to) => `${name} invokes ${to}`),
      ...service.publishes.map((to) => `${name} publishes ${to}`),
      ...service.subscribes.map((to) => `${name} subscribes ${to}`),
      ...service.stores.map((to) => `${name} stores ${to}`),
      ...service.egress.map((to) => `${name} egress ${to}`),
    ]);
    expect(edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`).sort()).toEqual(said.sort());
    expect(said).toContain("recurring subscribes task-events");
  });

  it("names only nodes at the ends of its edges", () => {
    const ids = new Set(nodes.map(({ id }) => id));
    expect(edges.filter(({ from, to }) => !(ids.has(from) && ids.has(to)))).toEqual([]);
  });

  it("refuses two parts with one name, since an edge would not say which it means", () => {
    const resources = {
      requests: { cpu: millicores(1), memory: mebibytes(1) },
      limits: { cpu: millicores(500), memory: mebibytes(1) },
    };
    const reminders = api({ purpose: "x", port: 9000, scale: { min: 1, max: 1 }, resources });
    expect(() => topologyOf({ ...todo, services: { ...todo.services, reminders } })).toThrow(
      /reminders: a service and a topic have this name\. Rename one of them/,
    );
  });
});
