/** What can happen to a task, and what it is afterwards. */
import type { TaskFields, TaskState } from "./state.ts";

interface Happened {
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** Everything but what happening itself sets. */
export type Beginning = TaskFields & Pick<TaskState, "id" | "number" | "userId" | "slot" | "predecessorId">;

export type TaskEvent =
  | (Happened & { readonly type: "created"; readonly task: Beginning })
  | (Happened & {
      readonly type: "updated";
      readonly fields: Partial<TaskFields & Pick<TaskState, "slot">>;
      readonly changed: readonly string[];
    })
  | (Happened & { readonly type: "completed" })
  | (Happened & { readonly type: "reopened" })
  /** `withdrawn`: not by a person, but because the predecessor was reopened. */
  | (Happened & { readonly type: "deleted"; readonly withdrawn: boolean })
  | (Happened & { readonly type: "restored" })
  | (Happened & { readonly type: "succeeded"; readonly task: Beginning & { readonly predecessorId: string } });

/** @throws TypeError for an event that cannot happen to this task: decisions never make one */
export function evolve(state: TaskState | undefined, event: TaskEvent): TaskState {
  if (event.type === "created" || event.type === "succeeded") {
    return begin(event.task, event.at, (state?.version ?? 0) + 1, event.type === "succeeded");
  }
  if (!state) throw new TypeError(`${event.type} happened to no task`);
  const changed = { ...state, version: state.version + 1, updatedAt: event.at, untouched: false };
  switch (event.type) {
    case "updated":
      return { ...changed, ...event.fields };
    case "completed":
      return { ...changed, status: "completed", completedAt: event.at };
    case "reopened":
      return { ...changed, status: "open", completedAt: null };
    case "deleted":
      return { ...changed, deletedAt: event.at, withdrawn: event.withdrawn };
    case "restored":
      return { ...changed, deletedAt: null, withdrawn: false };
    default:
      return impossible(event);
  }
}

const begin = (task: Beginning, at: string, version: number, untouched: boolean): TaskState => ({
  ...task,
  status: "open",
  version,
  createdAt: at,
  updatedAt: at,
  completedAt: null,
  deletedAt: null,
  withdrawn: false,
  untouched,
});

function impossible(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}
