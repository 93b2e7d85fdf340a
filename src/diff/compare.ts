import { type Document, keyOf, Side } from "./documents.ts";
import { layoutOf } from "./layout.ts";
import { type LeafChange, leafChanges } from "./leaves.ts";
import { pairRenamed } from "./similarity.ts";
import { isManifestPath, sameBytes, type Tree } from "./tree.ts";
import { canonical, type Value } from "./value.ts";

/** One resource of one environment that is not as it was. */
export interface Pair {
  readonly environment: string;
  readonly before?: Document;
  readonly after?: Document;
  /** Empty where only one side is there, or where it was only moved. */
  readonly leaves: readonly LeafChange[];
  /** Another name or namespace: for a cluster another resource. */
  readonly renamed: boolean;
  /** The same resource in another file. */
  readonly moved: boolean;
}

export interface Comparison {
  readonly base: Side;
  readonly head: Side;
  readonly pairs: readonly Pair[];
  /** Documents whose bytes differ and whose meaning, as far as we can tell, does not: comments, or the order of a set. */
  readonly unseen: readonly Pair[];
  /** Of either side. */
  readonly environments: ReadonlySet<string>;
  /** Files of head that hold no manifests by their name, and are new, changed or gone. */
  readonly foreign: readonly { readonly environment: string; readonly path: string; readonly gone: boolean }[];
  /** Resources of head that stand there more than once. */
  readonly duplicates: readonly Document[];
}

/** Pairs the documents of two renderings. Files with equal bytes are not even read. */
export function compareTrees(baseTree: Tree, headTree: Tree): Comparison {
  const placeOf = layoutOf(baseTree, headTree);
  const base = new Side(baseTree, placeOf);
  const head = new Side(headTree, placeOf);
  const paths = changedPaths(baseTree, headTree);
  const foreign = paths
    .filter((path) => !isManifestPath(path))
    .map((path) => ({ environment: placeOf(path).environment, path, gone: !headTree.files.has(path) }));
  const manifests = paths.filter(isManifestPath);
  const documents = (side: Side): Document[] =>
    manifests.filter((path) => side.tree.files.has(path)).flatMap((path) => side.file(path));

  const old = documents(base);
  const now = documents(head);
  const { pairs, removed, added } = pairByIdentity(old, now);
  const changed = new Set(now);
  const elsewhere = (environment: string) => head.environment(environment).filter((document) => !changed.has(document));
  const renamed = pairRenamed(removed, added, removed.length > 0 && added.length > 0 ? elsewhere : () => []);
  const taken = new Set(renamed.flat());
  const all = [
    ...[...pairs, ...renamed].map(([before, after]) => pairOf(before, after)),
    ...removed.filter((document) => !taken.has(document)).map((document) => pairOf(document, undefined)),
    ...added.filter((document) => !taken.has(document)).map((document) => pairOf(undefined, document)),
  ];
  const isSeen = ({ before, after, leaves, moved }: Pair): boolean => !before || !after || leaves.length > 0 || moved;
  const places = [...baseTree.files.keys(), ...headTree.files.keys()].filter(isManifestPath).map(placeOf);
  return {
    base,
    head,
    pairs: all.filter(isSeen),
    unseen: all.filter((pair) => !isSeen(pair)),
    environments: new Set(places.map(({ environment }) => environment)),
    foreign,
    // What stands where it stood cannot have become a second one.
    duplicates: added.length > 0 ? duplicatesIn(head, added) : [],
  };
}

function changedPaths(base: Tree, head: Tree): string[] {
  const paths = new Set([...base.files.keys(), ...head.files.keys()]);
  return [...paths]
    .filter((path) => {
      const old = base.files.get(path);
      const now = head.files.get(path);
      return !old || !now || !sameBytes(old, now);
    })
    .sort();
}

/** The same resource, if possible in the same file. */
function pairByIdentity(old: readonly Document[], now: readonly Document[]) {
  const open = Map.groupBy(now, keyOf);
  const pairs: [Document, Document][] = [];
  const take = (before: Document, fits: (after: Document) => boolean): boolean => {
    const candidates = open.get(keyOf(before)) ?? [];
    const index = candidates.findIndex(fits);
    const [after] = index < 0 ? [] : candidates.splice(index, 1);
    if (after) pairs.push([before, after]);
    return after !== undefined;
  };
  const moved = old.filter((before) => !take(before, ({ path }) => path === before.path));
  const removed = moved.filter((before) => !take(before, () => true));
  return { pairs, removed, added: [...open.values()].flat() };
}

function pairOf(before: Document | undefined, after: Document | undefined): Pair {
  const environment = (after ?? before)?.environment ?? "";
  if (!before || !after) {
    return {
      environment,
      ...(before && { before }),
      ...(after && { after }),
      leaves: [],
      renamed: false,
      moved: false,
    };
  }
  const leaves = leafChanges(after.manifest.kind, plain(before), plain(after));
  const renamed = keyOf(before) !== keyOf(after);
  return { environment, before, after, leaves, renamed, moved: before.path !== after.path };
}

const plain = ({ manifest }: Document): Value => manifest as unknown as Value;

/** Only an added document can be one that is there already. */
function duplicatesIn(head: Side, added: readonly Document[]): Document[] {
  const environments = new Set(added.map(({ environment }) => environment));
  return [...environments].flatMap((environment) =>
    [...Map.groupBy(head.environment(environment), keyOf).values()]
      .filter(({ length }) => length > 1)
      .map(([, second]) => second as Document),
  );
}

/** One text for one change, so that environments with the same can be found. */
export const leafKey = ({ path, before, after }: LeafChange): string =>
  `${JSON.stringify(path)} ${canonical(before)} ${canonical(after)}`;
