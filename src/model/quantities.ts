/** Durations and Kubernetes quantities as values with a unit, so that no bare number has to be guessed. */

export interface Duration {
  readonly milliseconds: number;
}

export const seconds = (n: number): Duration => Object.freeze({ milliseconds: n * 1000 });
export const minutes = (n: number): Duration => seconds(n * 60);
export const hours = (n: number): Duration => minutes(n * 60);
export const days = (n: number): Duration => hours(n * 24);

/** CPU in thousandths of a core. */
export interface Cpu {
  readonly millicores: number;
}

/** Memory or storage in binary megabytes. */
export interface Bytes {
  readonly mebibytes: number;
}

export const millicores = (n: number): Cpu => Object.freeze({ millicores: n });
export const mebibytes = (n: number): Bytes => Object.freeze({ mebibytes: n });
export const gibibytes = (n: number): Bytes => mebibytes(n * 1024);

/** Kubernetes notation, e.g. `250m`, `2`. */
export const cpuQuantity = ({ millicores: n }: Cpu): string => (n % 1000 === 0 ? String(n / 1000) : `${n}m`);

/** Kubernetes notation, e.g. `192Mi`, `10Gi`. */
export const bytesQuantity = ({ mebibytes: n }: Bytes): string => (n % 1024 === 0 ? `${n / 1024}Gi` : `${n}Mi`);

/** Dapr and Prometheus notation, e.g. `30s`, `5m`, `7d`; the largest unit that divides it. */
export function durationText({ milliseconds: ms }: Duration): string {
  for (const [unit, size] of [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

/** Requests and limits of one container. */
export interface Resources {
  readonly requests: { readonly cpu: Cpu; readonly memory: Bytes };
  readonly limits: { readonly cpu: Cpu; readonly memory: Bytes };
}
