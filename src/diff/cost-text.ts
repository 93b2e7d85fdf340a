import type { CostChange } from "#cost/change";

/** `+12.60`, with its sign. */
export const signed = (amount: number): string => `${amount < 0 ? "-" : "+"}${Math.abs(amount).toFixed(2)}`;

/** One line an environment, for the end of a report. */
export function costLines(changes: readonly CostChange[]): string[] {
  return changes.map(({ environment, provider, before, after, cpu, memory, lines }) => {
    const parts = lines.map(({ item, before: old, after: now, unit, monthly }) => {
      const money = monthly === null ? "price unknown, not counted" : `${signed(monthly)} USD`;
      return `${item}: ${old} to ${now} ${unit} (${money})`;
    });
    const requests = [
      cpu !== 0 && `${cpu > 0 ? "+" : ""}${cpu} cores requested`,
      memory !== 0 && `${memory > 0 ? "+" : ""}${memory} GiB requested`,
    ].filter((text) => text !== false);
    const total = provider === "kind" ? "nobody bills it" : `${signed(after - before)} USD a month`;
    const nodes =
      lines.some(({ item }) => item.startsWith("nodes")) || provider === "kind"
        ? ""
        : ", which the nodes that are there can hold";
    const why = [...parts, requests.length > 0 ? `${requests.join(", ")}${nodes}` : ""].filter(Boolean);
    return `${environment} (${provider}): ${total}; ${why.join("; ")}`;
  });
}
