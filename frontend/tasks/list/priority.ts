/** How urgency looks: the ring of the box to tick, and never colour alone, as the name says it too. */
import type { Priority } from "#contracts/task";

export const priorityRing: Readonly<Record<Priority, string>> = {
  p1: "border-p1 bg-p1/12 text-p1",
  p2: "border-p2 bg-p2/12 text-p2",
  p3: "border-p3 bg-p3/12 text-p3",
  p4: "border-line-strong text-ink-soft",
};

export const priorityText: Readonly<Record<Priority, string>> = {
  p1: "text-p1",
  p2: "text-p2",
  p3: "text-p3",
  p4: "text-ink-faint",
};
