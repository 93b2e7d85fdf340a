import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { Stage } from "./support.ts";

/**
 * Sets one stage for all tests of a file and strikes it after them; after each test nothing may have gone wrong on any page.
 * @param begin is given the stage, and may furnish it
 */
export function onStage(begin: (stage: Stage) => void | Promise<void>): void {
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await Stage.set();
    await begin(stage);
  }, 180_000);
  afterEach(async () => expect((await stage?.clear()) ?? []).toEqual([]));
  afterAll(() => stage?.strike(), 60_000);
}
