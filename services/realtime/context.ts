import type { ServiceContext } from "#kit/define-service";
import type { Tables } from "./data/tables.ts";
import type { environment } from "./environment.ts";

/** What verbs and connections get to work with. */
export type RealtimeContext = ServiceContext<"realtime", Tables, typeof environment>;
