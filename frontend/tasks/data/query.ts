/** Which tasks a list shows, and in which order. It stands in the address, so it can be kept, shared and gone back to. */
import type { TaskSort } from "#contracts/http/tasks";
import type { Priority } from "#contracts/task";
import {
  DUE_FILTERS,
  MAX_SEARCH,
  MAX_TAG,
  MAX_TAGS_ASKED,
  PRIORITIES,
  SORTS,
  STATUS_FILTERS,
} from "#contracts/task-choices";

export interface TaskQuery {
  readonly status: (typeof STATUS_FILTERS)[number];
  readonly sort: TaskSort;
  readonly text?: string;
  /** Of several any. */
  readonly priority?: readonly Priority[];
  /** Of several all. */
  readonly tag?: readonly string[];
  readonly due?: (typeof DUE_FILTERS)[number];
  /** Local dates, both included. */
  readonly dueFrom?: string;
  readonly dueTo?: string;
}

export const everyOpenTask: TaskQuery = { status: "open", sort: "due" };

/** One count for every order. */
export const countedBy = ({ sort: _, ...filter }: TaskQuery): TaskQuery => ({ ...filter, sort: "due" });

const DATE = /^\d{4}-\d{2}-\d{2}$/;

const oneOf = <T extends string>(known: readonly T[], value: string | null): T | undefined =>
  known.find((one) => one === value);

/** Reads an address; what it does not know is as if it were not there. */
export function queryFrom(address: URLSearchParams): TaskQuery {
  const text = address.get("text")?.trim().slice(0, MAX_SEARCH);
  const priority = PRIORITIES.filter((one) => address.getAll("priority").includes(one));
  const tag = address.getAll("tag").filter((one) => one !== "" && one.length <= MAX_TAG);
  const due = oneOf(DUE_FILTERS, address.get("due"));
  const day = (name: string): string | undefined => {
    const value = address.get(name);
    return value !== null && DATE.test(value) ? value : undefined;
  };
  const [dueFrom, dueTo] = [day("dueFrom"), day("dueTo")];
  return {
    status: oneOf(STATUS_FILTERS, address.get("status")) ?? everyOpenTask.status,
    sort: oneOf(SORTS, address.get("sort")) ?? everyOpenTask.sort,
    ...(text ? { text } : {}),
    ...(priority.length > 0 ? { priority } : {}),
    ...(tag.length > 0 ? { tag: tag.slice(0, MAX_TAGS_ASKED) } : {}),
    ...(due ? { due } : {}),
    ...(dueFrom ? { dueFrom } : {}),
    ...(dueTo ? { dueTo } : {}),
  };
}

/** As the API takes it, and as it stands in the address without what is usual. */
export function parametersOf(query: TaskQuery): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? [...value] : String(value)]),
  );
}

/** A count has no order. */
export function countParametersOf(query: TaskQuery): Record<string, string | string[]> {
  const { sort: _, ...filter } = parametersOf(query);
  return filter;
}

/** Several values of one name stand one after the other. */
export function searchParamsOf(parameters: Readonly<Record<string, string | string[]>>): URLSearchParams {
  const pairs = Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs);
}

export function addressOf(query: TaskQuery): string {
  const said = Object.entries(parametersOf(query)).filter(
    ([name, value]) => value !== everyOpenTask[name as keyof TaskQuery],
  );
  const text = searchParamsOf(Object.fromEntries(said)).toString();
  return text === "" ? "" : `?${text}`;
}

/** Whether it leaves tasks out beyond the status that is chosen. */
export const isFiltered = ({ status: _, sort: __, ...rest }: TaskQuery): boolean => Object.keys(rest).length > 0;
