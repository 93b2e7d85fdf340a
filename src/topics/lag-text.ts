import type { ConsumerLag } from "./lag.ts";
import { table } from "./table.ts";

/** Each partition a line; a consumer that nobody runs says so. */
export function lagText(consumers: readonly ConsumerLag[]): string[] {
  return table(
    ["CONSUMER", "MEMBERS", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "OLDEST"],
    consumers.flatMap(({ consumer, members, partitions }) =>
      partitions.map(({ topic, partition, committed, end, lag, oldestSeconds }) => [
        consumer,
        members === 0 ? "none" : String(members),
        topic,
        String(partition),
        committed ?? "-",
        end,
        String(lag),
        oldestSeconds === null ? "-" : ageText(oldestSeconds),
      ]),
    ),
  );
}

/** e.g. `40 s`, `12 min`, `3.5 h`, `2.1 d`. */
export function ageText(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min`;
  return seconds < 86_400 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}
