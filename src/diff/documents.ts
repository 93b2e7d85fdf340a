import { identity, type Manifest } from "#emit/document";
import { originOfHeader } from "#emit/header";
import type { Place } from "./layout.ts";
import { readManifests } from "./read-yaml.ts";
import { isManifestPath, type Tree } from "./tree.ts";
import { isMap, type Value } from "./value.ts";

/** One resource of one environment, where it stands in a rendering. */
export interface Document {
  readonly environment: string;
  /** The Argo CD Application whose folder it lies in; empty where the layout does not tell. */
  readonly application: string;
  /** Below the rendering's folder. */
  readonly path: string;
  /** The model entry it was rendered from, e.g. `services.tasks`; empty where we did not render it. */
  readonly origin: string;
  readonly manifest: Manifest;
}

/** `namespace/Kind/name`, with `-` where there is no namespace. */
export const resourceText = ({ kind, metadata }: Manifest): string =>
  `${metadata.namespace ?? "-"}/${kind}/${metadata.name}`;

/** What tells a resource apart in all environments. */
export const keyOf = ({ environment, manifest }: Document): string => `${environment}: ${identity(manifest)}`;

/** One of the two renderings, read as far as somebody asks. */
export class Side {
  readonly tree: Tree;
  readonly #placeOf: (path: string) => Place;
  readonly #read = new Map<string, readonly Document[]>();
  #byEnvironment: Map<string, Document[]> | undefined;
  readonly #selectorKeys = new Map<string, ReadonlySet<string>>();

  constructor(tree: Tree, placeOf: (path: string) => Place) {
    this.tree = tree;
    this.#placeOf = placeOf;
  }

  /** The resources of one file. */
  file(path: string): readonly Document[] {
    const known = this.#read.get(path);
    if (known) return known;
    const text = this.tree.files.get(path)?.text ?? "";
    const origin = originOfHeader(text);
    const documents = readManifests(text, `${path} of ${this.tree.label}`).map((manifest) => ({
      ...this.#placeOf(path),
      path,
      origin,
      manifest,
    }));
    this.#read.set(path, documents);
    return documents;
  }

  /** Every resource of an environment. Reads the whole rendering the first time. */
  environment(name: string): readonly Document[] {
    if (!this.#byEnvironment) {
      this.#byEnvironment = new Map();
      for (const path of this.tree.files.keys()) {
        if (!isManifestPath(path)) continue;
        for (const document of this.file(path)) {
          const same = this.#byEnvironment.get(document.environment);
          if (same) same.push(document);
          else this.#byEnvironment.set(document.environment, [document]);
        }
      }
    }
    return this.#byEnvironment.get(name) ?? [];
  }

  /** Label keys that any selector of the environment asks for. */
  selectorKeys(environment: string): ReadonlySet<string> {
    const known = this.#selectorKeys.get(environment);
    if (known) return known;
    const keys = new Set<string>();
    for (const { manifest } of this.environment(environment))
      addSelectorKeys(manifest as unknown as Value, false, keys);
    this.#selectorKeys.set(environment, keys);
    return keys;
  }
}

function addSelectorKeys(value: Value | undefined, inside: boolean, keys: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) addSelectorKeys(item, inside, keys);
  else if (isMap(value)) {
    for (const [field, item] of Object.entries(value)) {
      if (inside && typeof item === "string" && field !== "operator") keys.add(field === "key" ? item : field);
      else addSelectorKeys(item, inside || /selector$/i.test(field), keys);
    }
  }
}
