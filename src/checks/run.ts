import type { Manifest } from "#emit/document";
import { originOfHeader } from "#emit/header";
import { parseManifest } from "#emit/parse";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import type { System } from "#model/system";
import type { Rendering, Resource, Rule, Violation } from "./rule.ts";
import { rules } from "./rules.ts";
import { applyWaivers } from "./waivers.ts";

export interface CheckedFiles {
  readonly environment: Environment;
  readonly images: ImagePins;
  /** Final text by path. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads an environment back from its bytes: what is checked is what Argo CD will see, not what was meant. */
export function readRendering(model: System, { environment, images, files }: CheckedFiles): Rendering {
  const byKind = new Map<string, Resource[]>();
  const resources = [...files].map(([path, text]) => {
    const manifest = parseManifest(text) as Manifest;
    const resource = { path, application: path.split("/")[1] ?? "", origin: originOfHeader(text), manifest };
    const same = byKind.get(manifest.kind);
    if (same) same.push(resource);
    else byKind.set(manifest.kind, [resource]);
    return resource;
  });
  return { model, environment, images, resources, ofKind: (kind) => byKind.get(kind) ?? [] };
}

/** Every violation of every rule in these environments that is not waived, and every waiver that waives nothing. */
export function checkAll(model: System, environments: readonly CheckedFiles[]): Violation[] {
  const violations = environments.flatMap((files) => violationsOf(readRendering(model, files), rules));
  return applyWaivers(
    violations,
    environments.map(({ environment }) => environment.name),
  );
}

export const violationsOf = (rendering: Rendering, applied: readonly Rule[]): Violation[] =>
  applied.flatMap((rule) =>
    [...rule.check(rendering)].map(({ resource, origin, problem, remedy }) => ({
      rule: rule.id,
      severity: rule.severity,
      environment: rendering.environment.name,
      resource: resource ? resourceName(resource.manifest) : "-",
      origin: origin ?? resource?.origin ?? `environments.${rendering.environment.name}`,
      problem,
      remedy: remedy ?? rule.remedy,
    })),
  );

export const resourceName = ({ kind, metadata }: Manifest): string =>
  `${metadata.namespace ?? "-"}/${kind}/${metadata.name}`;
