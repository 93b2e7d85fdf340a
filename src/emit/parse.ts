import { createRequire } from "node:module";
import type { Manifest } from "./document.ts";
import { EmitError } from "./errors.ts";
import { NotOurSubset, parse } from "./subset-parser.ts";

export { NotOurSubset, parse };

/**
 * Reads a manifest, ours or edited by hand, as kubectl and Argo CD would.
 * @param name what to call the text in an error, e.g. its path
 * @throws EmitError when it is no YAML, or holds no single Kubernetes resource
 */
export function parseManifest(text: string, name = "the manifest"): Manifest {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof NotOurSubset)) throw error;
    value = parseAnyYaml(text, name);
  }
  if (isManifest(value)) return value;
  throw new EmitError(`${name} holds no Kubernetes resource`, "Correct it, or restore it with npm run synth");
}

const require = createRequire(import.meta.url);

/** The full parser is loaded only for what somebody edited: it takes longer to load than synth takes to render. */
function parseAnyYaml(text: string, name: string): unknown {
  const yaml = require("yaml") as typeof import("yaml");
  try {
    // The YAML 1.1 of sigs.k8s.io/yaml: `on` and `012` as there, but dates and base 60 stay strings.
    return yaml.parse(text, {
      version: "1.1",
      customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !isTime(tag)),
      logLevel: "error",
    });
  } catch (cause) {
    const [problem = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n", 1);
    throw new EmitError(
      `${name} is not YAML: ${problem.replace(/[:.]$/, "")}`,
      "Correct it, or restore it with npm run synth",
      { cause },
    );
  }
}

function isTime(tag: { readonly tag: string; readonly format?: string }): boolean {
  return tag.tag === "tag:yaml.org,2002:timestamp" || tag.format === "TIME";
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<Manifest>;
  return typeof apiVersion === "string" && typeof kind === "string" && typeof metadata?.name === "string";
}
