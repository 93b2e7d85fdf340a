import { type ListKind, listKindOf } from "./list-keys.ts";
import { canonical, equal, type Fields, isMap, scalarsOf, type Value } from "./value.ts";

/** A field, an item of a list by what names it, or the order of a list. */
export type Step = string | { readonly item: string } | { readonly order: true };
export type Path = readonly Step[];

/** The smallest part that differs. One side is absent where a whole part was added or removed. */
export interface LeafChange {
  readonly path: Path;
  readonly before?: Value;
  readonly after?: Value;
}

/** How a document of this kind changed. Another order of items is no change where order means nothing. */
export function leafChanges(kind: string, before: Value, after: Value): LeafChange[] {
  const found: LeafChange[] = [];
  compare({ kind, fields: [], path: [] }, before, after, found);
  return found;
}

/** E.g. `spec.template.spec.containers[tasks].image`, `metadata.annotations["todo.dev/x"]`, `spec.rules(order)`. */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step !== "string") text += "order" in step ? "(order)" : `[${step.item}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

interface Place {
  readonly kind: string;
  /** Names of fields down to here, without items. */
  readonly fields: readonly string[];
  readonly path: Path;
}

const field = ({ kind, fields, path }: Place, name: string): Place => ({
  kind,
  fields: [...fields, name],
  path: [...path, name],
});
const item = (place: Place, name: string): Place => ({ ...place, path: [...place.path, { item: name }] });

function compare(place: Place, before: Value | undefined, after: Value | undefined, found: LeafChange[]): void {
  if (before === undefined || after === undefined) {
    if (before !== after)
      found.push({
        path: place.path,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      });
  } else if (isMap(before) && isMap(after)) {
    compareMaps(place, before, after, found);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    if (!equal(before, after)) compareLists(place, before, after, found);
  } else if (!equal(before, after)) {
    found.push({ path: place.path, before, after });
  }
}

function compareMaps(place: Place, before: Fields, after: Fields, found: LeafChange[]): void {
  for (const name of Object.keys(before)) {
    compare(field(place, name), before[name], Object.hasOwn(after, name) ? after[name] : undefined, found);
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) compare(field(place, name), undefined, after[name], found);
  }
}

function compareLists(place: Place, before: readonly Value[], after: readonly Value[], found: LeafChange[]): void {
  const count = found.length;
  const kind = listKindOf(place.kind, place.fields);
  const keys = kind.keys.find((fields) => isKey(fields, before) && isKey(fields, after));
  if (keys !== undefined && before.length + after.length > 0) compareKeyed(place, keys, kind, before, after, found);
  else if (kind.ordered) compareSequence(place, before, after, found);
  else compareSet(place, before, after, found);
  // One side empty: the list as a whole says more than its items.
  if (found.length > count && (before.length === 0 || after.length === 0)) {
    found.splice(count, found.length - count, { path: place.path, before: [...before], after: [...after] });
  }
}

const keyOf = (fields: readonly string[], value: Value): string | undefined => {
  if (!isMap(value) || fields.some((name) => value[name] === undefined)) return undefined;
  return fields.map((name) => keyText(value[name])).join("/");
};

/** The claim template of a StatefulSet is named by its metadata. */
const keyText = (value: Value | undefined): string =>
  isMap(value) ? String(value.name ?? canonical(value)) : typeof value === "string" ? value : canonical(value);

function isKey(fields: readonly string[], items: readonly Value[]): boolean {
  const keys = items.map((value) => keyOf(fields, value));
  return !keys.includes(undefined) && new Set(keys).size === keys.length;
}

function compareKeyed(
  place: Place,
  fields: readonly string[],
  { ordered }: ListKind,
  before: readonly Value[],
  after: readonly Value[],
  found: LeafChange[],
): void {
  const index = (items: readonly Value[]) =>
    new Map(items.map((value) => [keyOf(fields, value) ?? "", value] as const));
  const old = index(before);
  const now = index(after);
  for (const [key, value] of old) compare(item(place, key), value, now.get(key), found);
  for (const [key, value] of now) if (!old.has(key)) compare(item(place, key), undefined, value, found);
  if (!ordered) return;
  const kept = [...old.keys()].filter((key) => now.has(key));
  const placed = [...now.keys()].filter((key) => old.has(key));
  if (!equal(kept, placed)) found.push({ path: [...place.path, { order: true }], before: kept, after: placed });
}

/** Items whose place counts: what is the same at both ends stays, the rest is compared place by place. */
function compareSequence(place: Place, before: readonly Value[], after: readonly Value[], found: LeafChange[]): void {
  let start = 0;
  while (start < Math.min(before.length, after.length) && equal(before[start], after[start])) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && equal(before.at(-1 - end), after.at(-1 - end))) end++;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    compare(item(place, String(start + index)), old[index], now[index], found);
  }
}

/** Items without a name and without order: equal ones are the same, alike ones were changed. */
function compareSet(place: Place, before: readonly Value[], after: readonly Value[], found: LeafChange[]): void {
  const removed = new Map<string, Value[]>();
  for (const value of before) push(removed, settled(place, value), value);
  const added = after.filter((value) => removed.get(settled(place, value))?.pop() === undefined);
  const left = [...removed.values()].flat();
  for (const value of left) {
    const [index] = bestOf(added.map((other) => alike(value, other)));
    const match = index === undefined ? undefined : added.splice(index, 1)[0];
    compare(item(place, labelOf(value)), value, match, found);
  }
  for (const value of added) compare(item(place, labelOf(value)), undefined, value, found);
}

const push = (map: Map<string, Value[]>, key: string, value: Value): void => {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
};

/** A text that is the same for values that differ only in the order of sets. */
function settled(place: Place, value: Value): string {
  if (isMap(value)) {
    return `{${Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${settled(field(place, name), value[name] as Value)}`)
      .join(",")}}`;
  }
  if (!Array.isArray(value)) return canonical(value);
  const { ordered } = listKindOf(place.kind, place.fields);
  const items = value.map((each) => settled(place, each));
  return `[${(ordered ? items : items.sort()).join(",")}]`;
}

/** Below this share of equal parts two items are no longer the same one, changed. */
const ALIKE = 0.5;

function bestOf(scores: readonly number[]): [index?: number] {
  const best = Math.max(...scores, 0);
  return best < ALIKE ? [] : [scores.indexOf(best)];
}

function alike(a: Value, b: Value): number {
  if (!isMap(a) || !isMap(b)) return 0;
  const left = [...scalarsOf(a)];
  const right = [...scalarsOf(b)];
  const open = [...right];
  const shared = left.filter((text) => {
    const index = open.indexOf(text);
    if (index >= 0) open.splice(index, 1);
    return index >= 0;
  });
  return left.length + right.length === 0 ? 0 : (2 * shared.length) / (left.length + right.length);
}

/** A few words by which a reader knows an item that has no name. */
function labelOf(value: Value): string {
  const text = [...scalarsOf(value)].filter(Boolean).join(" ");
  return text.length > 48 ? `${text.slice(0, 47)}…` : text || "{}";
}
