import { describe, expect, test } from "@jest/globals";
import { unknown } from "#charts/third-party/unknown";
import { unconfirmedFacts } from "#checks/unconfirmed";
import { environments } from "#environments";
import { todo } from "#system";
import { releasedImages } from "./support.ts";

const all = Object.values(environments);
const subjects = (area: string, images = {}) =>
  unconfirmedFacts(todo, all, () => images)
    .filter((fact) => fact.area === area)
    .map(({ subject, what }) => `${subject}: ${what}`);

describe("facts without a confirmed source", () => {
  test("hold every placeholder of the environments", () => {
    const placeholders = subjects("placeholders");
    for (const { name } of all) expect(placeholders).toContain(`environments.${name}.registry: ghcr.io/example/todo`);
    expect(placeholders).toContain("environments.prod-aks.provider.tenantId: 00000000-0000-0000-0000-000000000000");
    expect(placeholders).toContain("environments.prod-aks.kafka.namespace: todo-prod");
    expect(placeholders).toContain("environments.prod-gke.postgres.host: todo-prod.sql.example.com");
  });

  test("hold services without a released image, until they have one", () => {
    expect(subjects("images")).toHaveLength(all.length);
    expect(subjects("images", releasedImages)).toEqual([]);
  });

  test("hold what the charts' files say of themselves", () => {
    expect(subjects("third-party charts")).toHaveLength(unknown.length);
  });

  test("say each fact once, area by area", () => {
    const facts = unconfirmedFacts(todo, [...all, ...all], () => ({})).filter(({ area }) => area === "providers");
    expect(new Set(facts.map(({ subject, what }) => `${subject} ${what}`)).size).toBe(facts.length);
    const areas = unconfirmedFacts(todo, all, () => ({})).map(({ area }) => area);
    expect(areas.filter((area, index) => area !== areas[index - 1])).toEqual([...new Set(areas)]);
  });
});
