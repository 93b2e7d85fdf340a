import type { ServiceContext } from "#kit/define-service";
import type { Tables } from "./data/tables.ts";
import type { environment } from "./environment.ts";

/** What the kit gives to the service. */
export type ChatContext = ServiceContext<"chat", Tables, typeof environment>;
