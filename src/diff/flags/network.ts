import { canonical, mapAt } from "../value.ts";
import { closedDirections, covers, isOpenToAll, openingsOf, openingText } from "./network-cover.ts";
import { danger, info, ruleSet, someOf } from "./rule.ts";

export const network = ruleSet(
  {
    "network-wider": danger("A network policy lets more connections pass than it did."),
    "network-open": danger("A new network policy opens something to everybody."),
    "network-new": info("A new network policy adds what its pods may connect to."),
    "network-undirected": danger("A network policy no longer closes a direction: everything passes there."),
    "network-selector": danger(
      "A network policy covers other pods: those it leaves are open, those it enters get its rules.",
    ),
    "network-narrower": info("A network policy lets fewer connections pass: what needs them fails."),
  },
  ({ before, after, kind, group }, raise) => {
    if (kind !== "NetworkPolicy" || group !== "networking.k8s.io" || !after) return;
    const now = mapAt(after, "spec");
    const opened = openingsOf(now);
    if (!before) {
      const wide = opened.filter(isOpenToAll);
      if (wide.length > 0) raise("network-open", `opens ${someOf(wide.map(openingText))}`);
      else if (opened.length > 0) raise("network-new", `opens ${someOf(opened.map(openingText))}`);
      return;
    }
    const old = mapAt(before, "spec");
    const had = openingsOf(old);
    const closed = closedDirections(now);
    for (const direction of closedDirections(old)) {
      if (!closed.has(direction)) raise("network-undirected", `no longer closes ${direction}`);
    }
    const gained = opened.filter((opening) => !had.some((before) => covers(before, opening)));
    // A direction that was not closed at all let everything pass before.
    const wasClosed = closedDirections(old);
    const wider = gained.filter(({ direction }) => wasClosed.has(direction));
    if (wider.length > 0) raise("network-wider", `now open ${someOf(wider.map(openingText))}`);
    const lost = had.filter((opening) => closed.has(opening.direction) && !opened.some((now) => covers(now, opening)));
    if (lost.length > 0) raise("network-narrower", `no longer open ${someOf(lost.map(openingText))}`);
    if (canonical(mapAt(old, "podSelector")) !== canonical(mapAt(now, "podSelector"))) {
      raise(
        "network-selector",
        `selects ${selectorText(mapAt(now, "podSelector"))} instead of ${selectorText(mapAt(old, "podSelector"))}`,
      );
    }
  },
);

const selectorText = (selector: Parameters<typeof canonical>[0]): string => {
  const text = canonical(selector);
  return text === "{}" ? "every pod" : text;
};
