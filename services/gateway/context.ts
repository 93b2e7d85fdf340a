import type { ServiceContext } from "#kit/define-service";
import type { Tables } from "./data/tables.ts";
import type { environment } from "./environment.ts";

/** What verbs get to work with. */
export type GatewayContext = ServiceContext<"gateway", Tables, typeof environment>;
