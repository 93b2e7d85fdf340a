/** Plain data as YAML gives it. */
export type Value = string | number | bigint | boolean | null | Value[] | { [key: string]: Value };
export type Fields = { readonly [key: string]: Value };

export const isMap = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What lies below a path of field names; `undefined` where a part of it is missing. */
export function at(value: unknown, ...path: readonly string[]): Value | undefined {
  let here: unknown = value;
  for (const field of path) {
    if (!isMap(here) || !Object.hasOwn(here, field)) return undefined;
    here = here[field];
  }
  return here as Value | undefined;
}

export const mapAt = (value: unknown, ...path: readonly string[]): Fields => {
  const found = at(value, ...path);
  return isMap(found) ? found : {};
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly Value[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The maps among the items of a list. */
export const mapsAt = (value: unknown, ...path: readonly string[]): readonly Fields[] =>
  listAt(value, ...path).filter(isMap);

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
};

/** The strings of a list; a single string counts as a list of one. */
export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] => {
  const found = at(value, ...path);
  if (typeof found === "string") return [found];
  return Array.isArray(found) ? found.map((item) => (typeof item === "string" ? item : canonical(item))) : [];
};

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path);
  if (typeof found === "number") return found;
  return typeof found === "string" && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : undefined;
};

/** One text for each value, whatever the order of its keys. */
export function canonical(value: Value | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (isMap(value)) {
    const fields = Object.keys(value).sort();
    return `{${fields.map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`).join(",")}}`;
  }
  return typeof value === "bigint" ? `${value}n` : String(JSON.stringify(value));
}

/** The same value, lists in the same order. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const fields = Object.keys(a);
  return (
    fields.length === Object.keys(b).length &&
    fields.every((field) => Object.hasOwn(b, field) && equal(a[field], b[field]))
  );
}

/** The scalars of a value, depth first. */
export function* scalarsOf(value: Value | undefined): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* scalarsOf(item);
  else if (isMap(value)) for (const field of Object.keys(value)) yield* scalarsOf(value[field]);
  else if (value !== undefined) yield String(value);
}
