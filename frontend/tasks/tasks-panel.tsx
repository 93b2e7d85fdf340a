"use client";
import { CloudOff, ListChecks } from "lucide-react";
import Link from "next/link";
import { useRef } from "react";
import { useMe } from "@/api/me";
import { wordsFor } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { buttonClass } from "@/components/ui/button-class";
import { State } from "@/components/ui/states";
import { useCommands } from "@/keyboard/commands";
import { text } from "@/text";
import { QuickAdd } from "./add/quick-add.tsx";
import { useTaskActions } from "./data/actions.ts";
import { everyOpenTask } from "./data/query.ts";
import { useTasks } from "./data/use-tasks.ts";
import { ListSkeleton } from "./list/list-skeleton.tsx";
import { TaskList } from "./list/task-list.tsx";
import { TaskCount } from "./task-count.tsx";

const words = text.tasks;

/** What is to be done, beside something else: add, tick off, edit. Search and filters are on the page of its own. */
export function TasksPanel() {
  const { timeZone } = useMe().settings;
  const tasks = useTasks(everyOpenTask);
  const actions = useTaskActions();
  const addInput = useRef<HTMLInputElement>(null);
  useCommands([
    { id: "task-add", group: "tasks", title: words.keys.add, keys: "n", run: () => addInput.current?.focus() },
  ]);
  return (
    <>
      <div className="flex h-14 shrink-0 items-center gap-3 px-4">
        <h2 className="font-semibold">{words.title}</h2>
        <p className="truncate text-sm text-ink-faint tabular-nums empty:hidden">
          <TaskCount query={everyOpenTask} />
        </p>
        <Link href="/tasks" className={`${buttonClass("quiet", "small")} ml-auto`}>
          {words.searchAndFilter}
        </Link>
      </div>
      <div className="px-4 pb-1">
        <QuickAdd timeZone={timeZone} inputRef={addInput} onAdd={(task) => actions.add(task, timeZone)} />
      </div>
      {tasks.isPending ? (
        <ListSkeleton />
      ) : tasks.isError && !tasks.data ? (
        <State icon={CloudOff} title={words.failedToLoad} detail={wordsFor(tasks.error)}>
          <Button onClick={() => void tasks.refetch()}>{text.common.retry}</Button>
        </State>
      ) : (
        <TaskList
          query={everyOpenTask}
          tasks={tasks}
          timeZone={timeZone}
          empty={<State icon={ListChecks} {...words.empty.open} />}
        />
      )}
    </>
  );
}
