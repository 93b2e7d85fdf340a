/** When tasks are due, as a person chooses it, and as the filter says it. */
import type { TaskQuery } from "../data/query.ts";
import { addDays } from "../words.ts";

export const dueChoices = ["all", "overdue", "today", "week", "any", "none", "range"] as const;

export type DueChoice = (typeof dueChoices)[number];

type DueFilter = Pick<TaskQuery, "due" | "dueFrom" | "dueTo">;

/** `range` begins with the week, whose ends are then chosen. */
export function dueFilter(choice: DueChoice, today: string): DueFilter {
  switch (choice) {
    case "all":
      return {};
    case "overdue":
      return { dueTo: addDays(today, -1) };
    case "today":
      return { dueFrom: today, dueTo: today };
    case "week":
    case "range":
      return { dueFrom: today, dueTo: addDays(today, choice === "week" ? 6 : 13) };
    case "any":
    case "none":
      return { due: choice };
  }
}

export function dueChoiceOf({ due, dueFrom, dueTo }: DueFilter, today: string): DueChoice {
  const known = dueChoices.find((choice) => {
    const filter = dueFilter(choice, today);
    return choice !== "range" && filter.due === due && filter.dueFrom === dueFrom && filter.dueTo === dueTo;
  });
  return known ?? "range";
}

/** The filter without what it says of dates. */
export function withDue({ due: _, dueFrom: __, dueTo: ___, ...rest }: TaskQuery, filter: DueFilter): TaskQuery {
  return { ...rest, ...filter };
}
