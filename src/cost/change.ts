import type { Side } from "#diff/documents";
import type { Environment } from "#model/environment";
import { type CostLine, type Estimate, estimate } from "./estimate.ts";

/** One line of the bill that is not as it was. */
export interface CostLineChange {
  readonly item: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** Dollars a month more; `null` where no price is known. */
  readonly monthly: number | null;
}

/** What a change of the rendering does to an environment's bill. */
export interface CostChange {
  readonly environment: string;
  readonly provider: Estimate["provider"];
  readonly before: number;
  readonly after: number;
  /** Cores and gibibytes that pods request, more or less. */
  readonly cpu: number;
  readonly memory: number;
  readonly lines: readonly CostLineChange[];
}

/** The environments whose bill or requests change, of those that the model knows. */
export function costChanges(
  environments: Readonly<Record<string, Environment>>,
  changed: Iterable<string>,
  base: Side,
  head: Side,
): CostChange[] {
  return [...new Set(changed)].flatMap((name) => {
    const environment = Object.hasOwn(environments, name) ? environments[name] : undefined;
    // A new environment is a cost as a whole, which `npm run cost` says.
    if (!environment || base.environment(name).length === 0) return [];
    const [before, after] = [base, head].map((side) =>
      estimate(
        environment,
        side.environment(name).map(({ manifest }) => manifest),
      ),
    ) as [Estimate, Estimate];
    const change = compare(before, after);
    return change.lines.length > 0 || change.cpu !== 0 || change.memory !== 0 ? [change] : [];
  });
}

const requests = ({ demand }: Estimate, what: "cpu" | "memory"): number =>
  Object.values(demand.pools).reduce((sum, pool) => sum + pool[what], 0);

/** Additions of thousandths leave dust behind the comma. */
const difference = (after: number, before: number): number => Math.round((after - before) * 1000) / 1000;

function compare(before: Estimate, after: Estimate): CostChange {
  const old = new Map(before.lines.map((line) => [line.item, line]));
  const now = new Map(after.lines.map((line) => [line.item, line]));
  const lines = [...new Set([...old.keys(), ...now.keys()])].flatMap((item) => {
    const [a, b] = [old.get(item), now.get(item)];
    if (a?.amount === b?.amount) return [];
    return [
      {
        item,
        unit: (b ?? (a as CostLine)).unit,
        before: a?.amount ?? 0,
        after: b?.amount ?? 0,
        monthly: moneyBetween(a, b),
      },
    ];
  });
  return {
    environment: after.environment,
    provider: after.provider,
    before: before.monthly,
    after: after.monthly,
    cpu: difference(requests(after, "cpu"), requests(before, "cpu")),
    memory: difference(requests(after, "memory"), requests(before, "memory")),
    lines,
  };
}

function moneyBetween(before: CostLine | undefined, after: CostLine | undefined): number | null {
  const known = [before, after].every((line) => line === undefined || line.monthly !== null);
  return known ? difference(after?.monthly ?? 0, before?.monthly ?? 0) : null;
}
