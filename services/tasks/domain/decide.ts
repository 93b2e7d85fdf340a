/** The verbs of a task as pure decisions: state and command in, events out. Time, ids and numbers are passed in. */
import type { NewTask, TaskChange } from "#contracts/http/tasks";
import { accept, type Decision, hasVersion, noSuchTask, refuse, refuseFields, staleVersion } from "./decision.ts";
import { settle, slotAfter } from "./fields.ts";
import { isActive, type TaskFields, type TaskState } from "./state.ts";

interface At {
  readonly at: Date;
}

interface Expecting extends At {
  /** Version that the caller saw; undefined: any. */
  readonly expected?: string | undefined;
}

export type Command =
  | (At & {
      readonly type: "create";
      readonly id: string;
      readonly number: number;
      readonly userId: string;
      readonly task: NewTask;
      /** Of the user's profile, where the task names none. */
      readonly timeZone: string;
    })
  | (Expecting & { readonly type: "update"; readonly change: TaskChange })
  | (Expecting & { readonly type: "complete" })
  | (Expecting & { readonly type: "reopen" })
  | (Expecting & { readonly type: "delete" })
  /** Undoes `delete`, as long as the task is kept. */
  | (Expecting & { readonly type: "restore" })
  /** To the successor of a task that is reopened. */
  | (At & { readonly type: "withdraw" });

type CommandOf<T extends Command["type"]> = Extract<Command, { readonly type: T }>;

/** @param state the task, deleted ones too; undefined where there is none of that id */
export function decide(state: TaskState | undefined, command: Command): Decision {
  const at = command.at.toISOString();
  if (command.type === "create") return create(command);
  if (!state) return noSuchTask();
  switch (command.type) {
    case "withdraw":
      return state.untouched && isActive(state) ? accept({ type: "deleted", at, withdrawn: true }) : accept();
    case "restore":
      if (state.withdrawn) return noSuchTask();
      if (!hasVersion(state, command.expected)) return staleVersion(state);
      return state.deletedAt === null ? accept() : accept({ type: "restored", at });
    default:
  }
  if (state.deletedAt !== null) return noSuchTask();
  if (!hasVersion(state, command.expected)) return staleVersion(state);
  switch (command.type) {
    case "update":
      return update(state, command);
    case "complete":
      return state.status === "completed" ? accept() : accept({ type: "completed", at });
    case "reopen":
      return state.status === "open" ? accept() : accept({ type: "reopened", at });
    case "delete":
      return accept({ type: "deleted", at, withdrawn: false });
    default:
      return unknownCommand(command);
  }
}

function create({ id, number, userId, task, timeZone, at }: CommandOf<"create">): Decision {
  const fields: TaskFields = {
    title: task.title,
    notes: task.notes ?? "",
    priority: task.priority ?? "p4",
    tags: task.tags ?? [],
    due: task.due ?? null,
    deadline: task.deadline ?? null,
    timeZone: task.timeZone ?? timeZone,
    recurrence: task.recurrence ?? null,
    reminder: task.reminder ?? null,
  };
  const settled = settle(fields, new Set(Object.keys(fields)), at);
  if (!settled.ok) return refuseFields(settled.problems);
  const slot = settled.fields.recurrence ? settled.fields.due : null;
  const beginning = { ...settled.fields, id, number, userId, slot, predecessorId: null };
  return accept({ type: "created", at: at.toISOString(), task: beginning });
}

function update(state: TaskState, { change, at }: CommandOf<"update">): Decision {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const before = fieldsOf(state);
  const wanted: TaskFields = { ...before, ...Object.fromEntries(given) };
  const differs = (name: keyof TaskFields, to: TaskFields): boolean =>
    JSON.stringify(before[name]) !== JSON.stringify(to[name]);
  const names = (given.map(([name]) => name) as (keyof TaskFields)[]).filter((name) => differs(name, wanted));
  const settled = settle(wanted, new Set<string>(names), at);
  if (!settled.ok) return refuseFields(settled.problems);

  const changed = (Object.keys(before) as (keyof TaskFields)[]).filter((name) => differs(name, settled.fields));
  if (changed.length === 0) return accept();
  if (state.status === "completed" && changed.some((name) => name === "due" || name === "recurrence")) {
    return refuse("unprocessable", { detail: "The task is completed: reopen it before you move it" });
  }
  const fields = Object.fromEntries(changed.map((name) => [name, settled.fields[name]]));
  const slot = slotAfter(state, settled.fields);
  return accept({
    type: "updated",
    at: at.toISOString(),
    fields: slot === state.slot ? fields : { ...fields, slot },
    changed,
  });
}

const fieldsOf = (state: TaskState): TaskFields => ({
  title: state.title,
  notes: state.notes,
  priority: state.priority,
  tags: state.tags,
  due: state.due,
  deadline: state.deadline,
  timeZone: state.timeZone,
  recurrence: state.recurrence,
  reminder: state.reminder,
});

function unknownCommand(command: never): never {
  throw new TypeError(`unknown command ${JSON.stringify(command)}`);
}
