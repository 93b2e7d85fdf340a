/** What a person does with a task: shown at once, sent, and taken back with the reason when it did not work. */
import { type MutationOptions, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { NewTask, TaskChange } from "#contracts/http/tasks";
import type { Task } from "#contracts/task";
import { api } from "@/api/client";
import { keys } from "@/api/keys";
import { hasCode, wordsFor } from "@/api/problem";
import { showToast } from "@/components/ui/toast";
import { text } from "@/text";
import { applyTask, cachedTask, removeTask } from "./cache.ts";
import { ConflictError, deleteSeen, readTask, saveChange } from "./change.ts";
import { currentValues } from "./current-values.ts";
import { draftOf } from "./draft.ts";
import { showPending } from "./pending.ts";
import { rememberUndo } from "./undo.ts";

const words = text.tasks;

export interface TaskActions {
  readonly add: (task: NewTask, timeZone: string) => void;
  /** @param base what the person saw when beginning to change it */
  readonly change: (base: Task, change: TaskChange) => void;
  readonly complete: (task: Task) => void;
  readonly reopen: (task: Task) => void;
  readonly remove: (task: Task) => void;
}

export function useTaskActions(): TaskActions {
  const client = useQueryClient();
  return useMemo(() => taskActions(client), [client]);
}

/**
 * Changes of one task are sent one after the other, in the order in which they were made.
 * @param show shows the change on what the lists hold now; again whenever they come anew before the answer
 */
function send<T>(client: QueryClient, id: string, show: () => void, options: MutationOptions<T, Error, void>): void {
  const answered = showPending(id, show);
  const { mutationFn, onSuccess, onError } = options;
  const mutation = client.getMutationCache().build<T, Error, void, unknown>(client, {
    ...client.getDefaultOptions().mutations,
    mutationFn,
    onSuccess: (...given) => {
      answered();
      return onSuccess?.(...given);
    },
    onError: (...given) => {
      answered();
      return onError?.(...given);
    },
    scope: { id: `task ${id}` },
  } as MutationOptions<T, Error, void, unknown>);
  mutation.execute(undefined).catch(() => undefined); // onError has told
}

export function taskActions(client: QueryClient): TaskActions {
  const failed = (title: string, error: unknown): void => {
    showToast({ kind: "error", title, detail: wordsFor(error) });
  };

  /** Back to what it was, unless something newer has come since. */
  const takeBack = (before: Task): void => {
    const shown = cachedTask(client, before.id);
    if (!shown || shown.version <= before.version) applyTask(client, before);
  };

  /** @returns what takes the offer back, where there turns out to be nothing to undo */
  const offerUndo = (title: string, run: () => void): (() => void) => {
    const { once, forget } = rememberUndo(() => {
      close();
      run();
    });
    const close = showToast({ title, action: { label: text.common.undo, run: once } });
    return () => {
      forget();
      close();
    };
  };

  const complete = (task: Task): void => {
    const completedAt = new Date().toISOString();
    const show = () =>
      applyTask(client, { ...(cachedTask(client, task.id) ?? task), status: "completed", completedAt });
    const takeOfferBack = offerUndo(words.done.completed(task.title), () => reopen(task, { quiet: true }));
    send(client, task.id, show, {
      mutationFn: act("complete", task.id),
      onSuccess: (done: Task) => applyTask(client, done),
      onError: (error) => {
        takeOfferBack();
        if (hasCode(error, "not-found")) removeTask(client, task.id);
        else takeBack(task);
        failed(words.failed.completed(task.title), error);
      },
    });
  };

  const reopen = (task: Task, { quiet = false } = {}): void => {
    const show = () =>
      applyTask(client, { ...(cachedTask(client, task.id) ?? task), status: "open", completedAt: null });
    if (!quiet) offerUndo(words.done.reopened(task.title), () => complete(task));
    send(client, task.id, show, {
      mutationFn: act("reopen", task.id),
      onSuccess: (open: Task) => applyTask(client, open),
      onError: async (error) => {
        failed(words.failed.reopened(task.title), error);
        if (hasCode(error, "not-found")) removeTask(client, task.id);
        else await showTruth(client, task.id);
      },
    });
  };

  const restore = (task: Task): void => {
    const show = () => applyTask(client, task);
    send(client, task.id, show, {
      mutationFn: act("restore", task.id),
      onSuccess: (restored: Task) => applyTask(client, restored),
      onError: (error) => {
        removeTask(client, task.id);
        failed(words.failed.restored(task.title), error);
      },
    });
  };

  const remove = (task: Task): void => {
    const once = crypto.randomUUID();
    const show = () => removeTask(client, task.id);
    const takeOfferBack = offerUndo(words.done.deleted(task.title), () => restore(task));
    send(client, task.id, show, {
      mutationFn: () => deleteSeen(task, once),
      onError: async (error) => {
        if (hasCode(error, "not-found")) return; // gone is what was wanted
        takeOfferBack();
        const changed = hasCode(error, "version-mismatch");
        if (changed) await showTruth(client, task.id);
        else applyTask(client, task);
        showToast({
          kind: "error",
          title: words.failed.deleted(task.title),
          detail: changed ? words.conflict.deleteDetail : wordsFor(error),
        });
      },
    });
  };

  const change = (base: Task, fields: TaskChange): void => {
    const show = () => applyTask(client, { ...(cachedTask(client, base.id) ?? base), ...(fields as Partial<Task>) });
    send(client, base.id, show, {
      mutationFn: () => saveChange(base, fields),
      onSuccess: (saved: Task) => applyTask(client, saved),
      onError: (error) => {
        if (error instanceof ConflictError) {
          const { current } = error;
          applyTask(client, current);
          showToast({
            kind: "error",
            title: words.failed.changed(base.title),
            detail: words.conflict.detail(currentValues(current, error.fields)),
            action: { label: words.conflict.useMine, run: () => change(current, fields) },
          });
          return;
        }
        if (hasCode(error, "not-found")) removeTask(client, base.id);
        else takeBack(base);
        failed(words.failed.changed(base.title), error);
      },
    });
  };

  /** @param key the same when it is tried again: the time before may have worked, and its answer got lost */
  const add = (task: NewTask, timeZone: string, key: string = crypto.randomUUID()): void => {
    const draft = draftOf(task, timeZone);
    const once = { headers: { "idempotency-key": key } };
    const show = () => applyTask(client, draft);
    send(client, draft.id, show, {
      mutationFn: async () => (await api.tasks.v1.tasks.$post({ json: task }, once)).json(),
      onSuccess: (added: Task) => {
        removeTask(client, draft.id);
        applyTask(client, added);
      },
      onError: (error) => {
        removeTask(client, draft.id);
        showToast({
          kind: "error",
          title: words.failed.added(task.title),
          detail: wordsFor(error),
          action: { label: text.common.retry, run: () => add(task, timeZone, key) },
        });
      },
    });
  };

  return { add: (task, timeZone) => add(task, timeZone), change, complete, reopen: (task) => reopen(task), remove };
}

/** The key belongs to the click: however often it is sent, it has its effect once. */
function act(verb: "complete" | "reopen" | "restore", id: string): () => Promise<Task> {
  const headers = { "idempotency-key": crypto.randomUUID() };
  return async () => (await api.tasks.v1.tasks[":id"][verb].$post({ param: { id } }, { headers })).json();
}

/** What the service says now; where it cannot be asked, the lists ask again. */
async function showTruth(client: QueryClient, id: string): Promise<void> {
  try {
    applyTask(client, await readTask(id));
  } catch (error) {
    if (hasCode(error, "not-found")) removeTask(client, id);
    else void client.invalidateQueries({ queryKey: keys.tasks.all });
  }
}
