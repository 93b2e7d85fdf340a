import type { ServiceContext } from "#kit/define-service";
import type { Tables } from "./data/tables.ts";
import type { NotificationsEnvironment } from "./environment.ts";

/** What verbs get to work with. */
export type NotificationsContext = ServiceContext<"notifications", Tables, NotificationsEnvironment>;
