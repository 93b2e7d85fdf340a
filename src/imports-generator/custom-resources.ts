import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { ImportsError } from "./imports-error.ts";
import type { SourceFile } from "./sources.ts";

/** The part of a structural OpenAPI v3 schema that decides types. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: OpenApiSchema;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
}

/** One kind at the one version we write. */
export interface CustomResource {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
  readonly version: string;
  readonly schema: OpenApiSchema;
  readonly source: string;
}

const definition = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string(), plural: z.string() }),
    scope: z.enum(["Namespaced", "Cluster"]),
    versions: z.array(
      z.object({
        name: z.string(),
        served: z.boolean(),
        schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }),
      }),
    ),
  }),
});

type Keep = (resource: Pick<CustomResource, "group" | "kind">) => boolean;

/**
 * The CustomResourceDefinitions of the files, sorted by group and kind; other documents are passed over.
 * @param keep which of them; a bundle's other definitions are not looked at. Default: all.
 * @throws ImportsError naming the file when its YAML or a definition is malformed, serves no version, or comes twice.
 */
export function customResources(files: readonly SourceFile[], keep: Keep = () => true): CustomResource[] {
  const found = new Map<string, CustomResource>();
  for (const resource of files.flatMap((file) => resourcesOf(file, keep))) {
    const id = `${resource.group}/${resource.kind}`;
    const earlier = found.get(id);
    if (earlier !== undefined) {
      throw new ImportsError(`${id} is defined twice: ${earlier.source}, ${resource.source}`, "Keep one of the two");
    }
    found.set(id, resource);
  }
  if (found.size === 0) {
    const names = files.map(({ name }) => name).join(", ");
    throw new ImportsError(
      `no CustomResourceDefinition in ${names}`,
      "Check the folder, or the addresses in cdk8s.yaml",
    );
  }
  return [...found.values()].sort((a, b) => compare(a.group, b.group) || compare(a.kind, b.kind));
}

function resourcesOf(file: SourceFile, keep: Keep): CustomResource[] {
  return parseAllDocuments(file.text).flatMap((document) => {
    const problem = document.errors[0];
    if (problem !== undefined) {
      throw new ImportsError(`${file.name} is not valid YAML: ${firstLine(problem.message)}`, "Fetch the file again");
    }
    const value: unknown = document.toJS();
    if (!isDefinition(value)) return [];
    const { group, names, scope, versions } = specOf(value, file.name);
    if (!keep({ group, kind: names.kind })) return [];
    const newest = versions.filter(({ served }) => served).sort((a, b) => compareVersions(b.name, a.name))[0];
    if (newest === undefined) {
      throw new ImportsError(`${file.name}: ${group}/${names.kind} serves no version`, "Use a release that serves one");
    }
    const schema: OpenApiSchema = newest.schema.openAPIV3Schema;
    return [{ group, ...names, scope, version: newest.name, schema, source: file.name }];
  });
}

function specOf(value: unknown, source: string): z.infer<typeof definition>["spec"] {
  const parsed = definition.safeParse(value);
  if (parsed.success) return parsed.data.spec;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
  throw new ImportsError(`${source} holds a malformed CustomResourceDefinition${where}`, "Fetch the file again");
}

function isDefinition(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "CustomResourceDefinition";
}

const stages = ["alpha", "beta", undefined];

/** Kubernetes' version priority: stable over beta over alpha, then the greater numbers; unusual names come last. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [priority(a), priority(b)];
  for (const [i, number] of left.entries()) {
    const difference = number - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return compare(b, a);
}

function priority(version: string): readonly number[] {
  const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (parts === null) return [-1, 0, 0];
  return [stages.indexOf(parts[2]), Number(parts[1]), Number(parts[3] ?? 0)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
