import type { ServiceContext } from "#kit/define-service";
import type { Tables } from "./data/tables.ts";

/** What verbs get to work with. */
export type AuditContext = ServiceContext<"audit", Tables, Record<never, never>>;
