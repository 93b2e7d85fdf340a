/** Renderings to try rules on: made of a few manifests, or the real one of an environment with one thing changed. */
import type { Rendering, Resource, Rule } from "#checks/rule";
import { rules } from "#checks/rules";
import { readRendering, violationsOf } from "#checks/run";
import type { Manifest, RenderedDocument } from "#emit/document";
import { renderFiles } from "#emit/render";
import { type EnvironmentName, environments } from "#environments";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import { ownImages } from "#model/own-images";
import type { System } from "#model/system";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";

export interface Around {
  readonly environment?: Environment;
  readonly model?: System;
  readonly images?: ImagePins;
}

/** A rendering of these manifests alone, through the emitter's text; all in one Application. */
export function renderingOf(manifests: readonly Manifest[], around: Around = {}): Rendering {
  const { environment = environments.staging, model = todo, images = {} } = around;
  const documents = manifests.map(
    (manifest): RenderedDocument => ({
      environment: environment.name,
      application: "sample",
      origin: "services.sample",
      manifest,
    }),
  );
  return readRendering(model, { environment, images, files: renderFiles(documents) });
}

const known = new Map<string, Rendering>();

/** A digest for each image of ours, as after a release. */
export const releasedImages: ImagePins = Object.fromEntries(
  ownImages(todo).map((name) => [name, { tag: "1.0.0", digest: `sha256:${"0".repeat(64)}` }]),
);

/** Everything that is rendered for an environment after a release, read back from its text. */
export function realRendering(name: EnvironmentName): Rendering {
  const rendering = known.get(name) ?? readRendering(todo, renderEnvironment(todo, environments[name], releasedImages));
  known.set(name, rendering);
  return rendering;
}

type Changeable = { [field: string]: unknown };

/** One change of a rendering's resources. */
export type Edit = (resources: Resource[]) => Resource[];

const nameOf = ({ manifest }: Resource): string => `${manifest.kind} ${manifest.metadata.name}`;

function indexOf(resources: readonly Resource[], what: string, namespace?: string): number {
  const index = resources.findIndex(
    (resource) =>
      nameOf(resource) === what && (namespace === undefined || resource.manifest.metadata.namespace === namespace),
  );
  if (index < 0) throw new Error(`nothing is called ${what}`);
  return index;
}

/**
 * Sets a field of a resource, `undefined` removes it.
 * @param what e.g. `Deployment tasks`
 * @param path field names and list positions separated by spaces; everything but the last has to be there
 */
export const set =
  (what: string, path: string, value: unknown): Edit =>
  (resources) => {
    const index = indexOf(resources, what);
    const resource = resources[index] as Resource;
    const manifest = structuredClone(resource.manifest) as unknown as Changeable;
    const fields = path.split(" ");
    const last = fields.pop() ?? "";
    const holder = fields.reduce<unknown>((inner, field) => (inner as Changeable | undefined)?.[field], manifest);
    if (typeof holder !== "object" || holder === null) throw new Error(`${what} has no ${fields.join(" ")}`);
    if (value === undefined) delete (holder as Changeable)[last];
    else (holder as Changeable)[last] = value;
    return resources.with(index, { ...resource, manifest: manifest as unknown as Manifest });
  };

export const remove =
  (what: string, namespace?: string): Edit =>
  (resources) =>
    resources.toSpliced(indexOf(resources, what, namespace), 1);

/** Adds a resource to the folder of another one. */
export const add =
  (manifest: Manifest, beside = "Deployment tasks"): Edit =>
  (resources) => {
    const neighbour = resources[indexOf(resources, beside)] as Resource;
    return [...resources, { ...neighbour, path: `${neighbour.path}-added`, manifest }];
  };

/** Adds a copy of a resource under another name, with some of its fields. */
export const copy =
  (what: string, name: string, change: (manifest: Changeable) => void = () => {}): Edit =>
  (resources) => {
    const resource = resources[indexOf(resources, what)] as Resource;
    const manifest = structuredClone(resource.manifest) as unknown as Changeable & { metadata: Changeable };
    manifest.metadata.name = name;
    change(manifest);
    return [...resources, { ...resource, manifest: manifest as unknown as Manifest }];
  };

export function edited(rendering: Rendering, edits: readonly Edit[], around: Around = {}): Rendering {
  const resources = edits.reduce((before, edit) => edit(before), [...rendering.resources]);
  const byKind = Map.groupBy(resources, ({ manifest }) => manifest.kind);
  return { ...rendering, ...around, resources, ofKind: (kind) => byKind.get(kind) ?? [] };
}

export function ruleOf(id: string): Rule {
  const rule = rules.find((each) => each.id === id);
  if (!rule) throw new Error(`there is no rule ${id}`);
  return rule;
}

/** `resource: problem` of everything that one rule finds. */
export const findings = (rule: string, rendering: Rendering): string[] =>
  violationsOf(rendering, [ruleOf(rule)]).map(({ resource, problem }) => `${resource}: ${problem}`);

/** One fault in a rendering that has none, and what its rule says of it. */
export interface Fault {
  readonly rule: string;
  /** A sentence's end: `<rule> finds <fault>`. */
  readonly fault: string;
  readonly edits: readonly Edit[];
  readonly says: RegExp;
  /** @default staging */
  readonly in?: EnvironmentName;
  readonly around?: Around;
}

type More = Pick<Fault, "in" | "around">;

/** Faults that one rule finds. */
export const faultsOf =
  (rule: string) =>
  (fault: string, edits: Edit | readonly Edit[], says: RegExp, more: More = {}): Fault => ({
    rule,
    fault,
    edits: typeof edits === "function" ? [edits] : edits,
    says,
    ...more,
  });
