import type { NewTask } from "#contracts/http/tasks";
import { guardUser } from "#kit/tombstones";
import type { TasksContext } from "../context.ts";
import { once } from "../data/idempotency.ts";
import { nextNumber } from "../data/task-rows.ts";
import { decide } from "../domain/decide.ts";
import type { TaskState } from "../domain/state.ts";
import { actorOf, type Caller, onceKeyOf } from "./approval.ts";
import { carryOut } from "./record.ts";

export async function createTask(context: TasksContext, caller: Caller, task: NewTask): Promise<TaskState> {
  const { userId, timeZone } = caller.principal;
  return context.transaction(async (transaction) => {
    await guardUser(transaction, userId);
    return once(transaction, { userId, key: onceKeyOf(caller), request: ["create", task] }, async () => {
      const number = await nextNumber(transaction, userId);
      const at = context.clock.now();
      const decision = decide(undefined, {
        type: "create",
        id: context.ids.next(),
        number,
        userId,
        task,
        timeZone,
        at,
      });
      return carryOut(context, transaction, undefined, decision, actorOf(caller));
    });
  });
}
