/** Just enough of the Prometheus text format to read our own metrics. */

export interface Bucket {
  /** Upper bound in seconds; the last is infinite. */
  readonly to: number;
  /** Observations up to it, all labels together. */
  readonly count: number;
}

export interface Metrics {
  /** Over all labels. */
  sum(name: string): number;
  /** Of a histogram, without what it had counted `since`. */
  buckets(name: string, since?: Metrics): Bucket[];
}

export async function readMetrics(url: string): Promise<Metrics> {
  const lines = (await (await fetch(url)).text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const samples = lines.map((line) => {
    const [, name = "", labels = "", value = ""] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    return { name, labels, value: Number(value) };
  });
  const bucketsOf = (name: string): Map<number, number> => {
    const counts = new Map<number, number>();
    for (const { name: own, labels, value } of samples) {
      if (own !== `${name}_bucket`) continue;
      const [, bound = ""] = /le="([^"]+)"/.exec(labels) ?? [];
      const to = bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound);
      counts.set(to, (counts.get(to) ?? 0) + value);
    }
    return counts;
  };
  const metrics: Metrics = {
    sum: (name) => samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0),
    buckets: (name, since) => {
      const before = new Map(since?.buckets(name).map(({ to, count }) => [to, count]));
      return [...bucketsOf(name)]
        .map(([to, count]) => ({ to, count: count - (before.get(to) ?? 0) }))
        .sort((a, b) => a.to - b.to);
    },
  };
  return metrics;
}

/** As Prometheus' histogram_quantile: evenly spread within a bucket. */
export function quantile(buckets: readonly Bucket[], q: number): number {
  const total = buckets.at(-1)?.count ?? 0;
  const index = buckets.findIndex(({ count }) => count >= total * q);
  const [lower, upper] = [buckets[index - 1], buckets[index]];
  if (!upper) return Number.NaN;
  const [from, below] = [lower?.to ?? 0, lower?.count ?? 0];
  if (upper.to === Number.POSITIVE_INFINITY || upper.count === below) return from;
  return from + ((upper.to - from) * (total * q - below)) / (upper.count - below);
}
