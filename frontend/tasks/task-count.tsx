"use client";
import { useHydrated } from "@/components/use-hydrated";
import { text } from "@/text";
import type { TaskQuery } from "./data/query.ts";
import { useTaskCount } from "./data/use-tasks.ts";

/** How many tasks a list has, where that is known. */
export function TaskCount({ query }: { readonly query: TaskQuery }) {
  const { data } = useTaskCount(query);
  return useHydrated() && data ? text.tasks.count(data.count, data.exact) : null;
}
