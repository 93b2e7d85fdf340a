import { customResources } from "#imports-generator/custom-resources";
import { renderImports } from "#imports-generator/render";

/** One version of a CRD: its name, whether it is served, and the schema of `spec` as a JSON text. */
export interface VersionOptions {
  readonly name?: string;
  readonly served?: boolean;
  readonly spec?: object;
}

/** The YAML (here its JSON subset) of a CustomResourceDefinition `widgets.example.com`. */
export function widgetCrd(versions: readonly VersionOptions[], kind = "Widget", group = "example.com"): string {
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: {
      group,
      names: { kind, plural: `${kind.toLowerCase()}s` },
      scope: "Namespaced",
      versions: versions.map(({ name = "v1", served = true, spec = { type: "object" } }) => ({
        name,
        served,
        storage: false,
        schema: {
          openAPIV3Schema: {
            type: "object",
            description: "Describes a widget in a sentence nobody should find again.",
            required: ["spec"],
            properties: {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec,
              status: { type: "object", properties: { ready: { type: "boolean" } } },
            },
          },
        },
      })),
    },
  });
}

/** The generated types of a Widget whose `spec` has these fields, none of them required unless named. */
export async function typesOf(properties: object, required: readonly string[] = []): Promise<string> {
  const text = widgetCrd([{ spec: { type: "object", properties, required } }]);
  const files = await renderImports(customResources([{ name: "widgets.yaml", text }]), []);
  return files.get("example.com.ts") ?? "";
}
