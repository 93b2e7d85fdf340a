/** What there is to choose of tasks and of lists of them. No schema stands here, so that a page holds the words alone. */

/** The first is the most urgent, the last the default. */
export const PRIORITIES = ["p1", "p2", "p3", "p4"] as const;

export const STATUSES = ["open", "completed"] as const;

export const STATUS_FILTERS = [...STATUSES, "all"] as const;

/** With a due date, or without. */
export const DUE_FILTERS = ["any", "none"] as const;

/** `-` turns the order round. Tasks without a due date come after those with one. */
export const SORTS = [
  "due",
  "-due",
  "priority",
  "-priority",
  "created",
  "-created",
  "updated",
  "-updated",
  "title",
  "-title",
] as const;

/** Characters of a tag. */
export const MAX_TAG = 60;
/** Characters of what is searched for. */
export const MAX_SEARCH = 200;
/** Tags that one filter may ask for. */
export const MAX_TAGS_ASKED = 10;
