import { type Environment, isSingleNode } from "./environment.ts";

/** Traces are collected; where not, sidecars and services send none. One node has no room for collector and store. */
export const collectsTraces = (environment: Environment): boolean => !isSingleNode(environment);

/** Logs are kept; where not, they are on the node alone. */
export const collectsLogs = (environment: Environment): boolean => !isSingleNode(environment);
