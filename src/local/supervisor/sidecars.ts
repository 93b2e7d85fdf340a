/** The seam at which a run has other sidecars than the laptop's own. */
import type { System } from "#model/system";
import type { Settings } from "./settings.ts";

export interface SidecarSurroundings {
  /** With the ports of this run. */
  readonly model: System;
  /** Folder of the checkout. */
  readonly root: string;
  /** Of this run, for what others may read of it. */
  readonly dataFolder: string;
  /** Their ports, tokens and secrets. */
  readonly settings: Settings;
  /** What happens, for people. */
  readonly say: (line: string) => void;
  /** Remembers a process, so that the next run can end it if this one cannot. */
  readonly onPid: (name: string, pid: number) => void;
}

export interface RunningSidecars {
  /** Resolves when they let calls through to these services, which are up. */
  untilReady(services: readonly string[]): Promise<void>;
  /** Ends them in order; called when the services have ended. */
  stop(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

/** Resolves when services may be started; they wait for their own sidecar themselves. */
export type StartSidecars = (surroundings: SidecarSurroundings) => Promise<RunningSidecars>;
