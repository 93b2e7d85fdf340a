/** Reading what lies deep in manifests, which may hold anything: nothing here throws, whatever it meets. */

export type Fields = Readonly<Record<string, unknown>>;

const NOTHING: Fields = Object.freeze({});

/** The value as a map; an empty one where it is none. */
export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : NOTHING;

/** The value at a path of field names. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const field of path) inner = fields(inner)[field];
  return inner;
}

export const fieldsAt = (value: unknown, ...path: readonly string[]): Fields => fields(at(value, ...path));

/** The list of maps at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly Fields[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.map(fields) : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter((item) => typeof item === "string") : [];
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** A map of texts, such as labels. */
export const textMapAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  fieldsAt(value, ...path) as Readonly<Record<string, string>>;

/** Computes once for each object: renderings do not change while they are checked. */
export function once<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity in base units (cores, bytes, pieces); `NaN` for what is none. */
export function quantity(value: unknown): number {
  if (typeof value === "number") return value;
  const [, digits, unit = ""] = (typeof value === "string" && /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(value)) || [];
  return digits === undefined ? Number.NaN : Number(digits) * (UNITS[unit] ?? Number.NaN);
}
