/** The life of an account, without any address. Written by gateway; read by every service that keeps users' data. */
import * as z from "zod/mini";
import { instant, localTime, timeZone, userId } from "../primitives.ts";
import { eventContract } from "./define.ts";

const settings = z.object({
  timeZone,
  locale: z.string().check(z.maxLength(35)),
  /** From when on reminders of date-only tasks count. */
  dayStart: localTime,
});

export const userEvents = eventContract({
  "dev.todo.user.created.v1": z.object({ userId, settings }),
  "dev.todo.user.settings_changed.v1": z.object({ userId, settings }),
  "dev.todo.user.deleted.v1": z.object({ userId, deletedAt: instant }),
});
