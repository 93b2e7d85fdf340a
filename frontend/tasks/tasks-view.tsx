"use client";
import { CloudOff, ListChecks, SearchX } from "lucide-react";
import { useCallback, useRef } from "react";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/states";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { QuickAdd } from "./add/quick-add.tsx";
import { useNow } from "./clock.tsx";
import { useTaskActions } from "./data/actions.ts";
import { everyOpenTask, isFiltered, type TaskQuery } from "./data/query.ts";
import { useTasks } from "./data/use-tasks.ts";
import { FilterButton } from "./filters/filter-button.tsx";
import { SearchBox } from "./filters/search-box.tsx";
import { StatusTabs } from "./filters/status-tabs.tsx";
import { ListSkeleton } from "./list/list-skeleton.tsx";
import { TaskList } from "./list/task-list.tsx";
import { localDay } from "./local-time.ts";
import { TaskCount } from "./task-count.tsx";
import { useTaskQuery } from "./use-task-query.ts";

const words = text.tasks;

/** The whole page: add, search, filter, and the list. */
export function TasksView() {
  const { timeZone } = useMe().settings;
  const [query, setQuery] = useTaskQuery();
  const now = useNow();
  const tasks = useTasks(query);
  const actions = useTaskActions();
  const addInput = useRef<HTMLInputElement>(null);
  const searchInput = useRef<HTMLInputElement>(null);

  useCommands([
    { id: "task-add", group: "tasks", title: words.keys.add, keys: "n", run: () => addInput.current?.focus() },
    { id: "task-search", group: "tasks", title: words.keys.search, keys: "/", run: () => searchInput.current?.focus() },
  ]);

  const search = useCallback(
    (wanted: string) => setQuery(({ text: _, ...rest }) => (wanted === "" ? rest : { ...rest, text: wanted })),
    [setQuery],
  );

  return (
    <>
      <PageHeader title={words.title} detail={<TaskCount query={query} />} />
      <div className="flex flex-col gap-3 px-4 pb-2 sm:px-6">
        <QuickAdd timeZone={timeZone} inputRef={addInput} onAdd={(task) => actions.add(task, timeZone)} />
        <div className="mx-auto flex w-full max-w-3xl flex-wrap items-center gap-2">
          <SearchBox value={query.text ?? ""} inputRef={searchInput} onSearch={search} />
          <StatusTabs status={query.status} onChange={(status) => setQuery((current) => ({ ...current, status }))} />
          <FilterButton query={query} today={localDay(now, timeZone)} onChange={setQuery} />
        </div>
      </div>
      {tasks.isPending ? (
        <ListSkeleton />
      ) : tasks.isError && !tasks.data ? (
        <State icon={CloudOff} title={words.failedToLoad} detail={wordsFor(tasks.error)}>
          <Button disabled={tasks.isFetching} onClick={() => void tasks.refetch()}>
            {text.common.retry}
          </Button>
        </State>
      ) : (
        <TaskList
          query={query}
          tasks={tasks}
          timeZone={timeZone}
          empty={<NoTasks query={query} onReset={() => setQuery(({ status }) => ({ ...everyOpenTask, status }))} />}
        />
      )}
    </>
  );
}

function NoTasks({ query, onReset }: { readonly query: TaskQuery; readonly onReset: () => void }) {
  if (isFiltered(query)) {
    return (
      <State icon={SearchX} {...words.empty.filtered}>
        <Button onClick={onReset}>{words.filters.reset}</Button>
      </State>
    );
  }
  return <State icon={ListChecks} {...(query.status === "completed" ? words.empty.completed : words.empty.open)} />;
}
