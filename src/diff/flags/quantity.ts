import type { Value } from "../value.ts";

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number, e.g. `250m` is 0.25 and `1Gi` 2^30; `undefined` for what is none. */
export function quantity(value: Value | undefined): number | undefined {
  const [, number, exponent, suffix = ""] =
    /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(value)) ?? [];
  if (number === undefined) return undefined;
  return exponent === undefined ? Number(number) * (factors[suffix] ?? 1) : Number(number + exponent);
}

/** Seconds of a duration as Kubernetes, Dapr and Strimzi write them, e.g. `1h30m`, `24h`, `15s`, `7d`. */
export function durationSeconds(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  const text = String(value);
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (units[unit] ?? 0),
    0,
  );
}
