import type { System } from "./system.ts";

/** Image of what runs beside the services: Jobs of the platform that are ours. */
export const TOOLS_IMAGE = "tools";

/** Every image that we build and pin, by its name in the registry. */
export const ownImages = (model: System): string[] => [...Object.keys(model.services), TOOLS_IMAGE];
