import type { Manifest } from "#emit/document";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import type { System } from "#model/system";

/** One rendered file, as it was read back from its bytes. */
export interface Resource {
  /** Below the output folder, e.g. `dev/tasks/todo-apps/service_tasks.yaml`. */
  readonly path: string;
  readonly application: string;
  /** The model entry it comes from, e.g. `services.tasks`. */
  readonly origin: string;
  readonly manifest: Manifest;
}

/** Everything that one environment's Applications will apply. */
export interface Rendering {
  readonly model: System;
  readonly environment: Environment;
  readonly images: ImagePins;
  readonly resources: readonly Resource[];
  /** Resources of a kind, by name; groups share no kind among what is rendered here except as `Kind.group`. */
  ofKind(kind: string): readonly Resource[];
}

export interface Finding {
  /** Absent where the finding is about the environment as a whole. */
  readonly resource?: Resource;
  /** Entry of the model, where it is another than the resource's. */
  readonly origin?: string;
  readonly problem: string;
  /** Where the rule's general remedy can be said more exactly. */
  readonly remedy?: string;
}

export interface Rule {
  /** Kebab-case, stable: it is what waivers and searches refer to. */
  readonly id: string;
  /** Why it matters, one sentence. */
  readonly reason: string;
  readonly remedy: string;
  /** `error` stops synth before anything is written; `warning` is printed. */
  readonly severity: "error" | "warning";
  check(rendering: Rendering): Iterable<Finding>;
}

export interface Violation {
  readonly rule: string;
  readonly severity: Rule["severity"];
  readonly environment: string;
  /** `namespace/Kind/name`, `-/Kind/name` without a namespace, `-` for the whole environment. */
  readonly resource: string;
  readonly origin: string;
  readonly problem: string;
  readonly remedy: string;
}
