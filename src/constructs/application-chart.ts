import { Chart } from "cdk8s";
import type { Construct } from "constructs";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import type { System } from "#model/system";
import type { Wave } from "#model/waves";
import { commonLabels } from "./labels.ts";

/** What every chart is made from. */
export interface RenderContext {
  readonly model: System;
  readonly environment: Environment;
  readonly images: ImagePins;
}

export interface ApplicationProps {
  readonly context: RenderContext;
  /** Name of the Argo CD Application and of the folder below `gitops/<environment>/`. */
  readonly application: string;
  /** Entry of the model that this Application comes from, e.g. `services.tasks`. */
  readonly origin: string;
  /** When Argo CD syncs the Application. */
  readonly wave: Wave;
  /** `platform` may create cluster-wide kinds, `todo` only namespaced ones in the product's namespaces. */
  readonly project: "platform" | "todo";
  /** Namespace of resources that do not name one; omit where everything is cluster-wide. */
  readonly namespace?: string;
  /** Argo CD deletes what is no longer rendered. `false` for topics and claims. @default true */
  readonly prune?: boolean;
}

const ORIGIN = "todo.dev/origin";

/** One chart, one Argo CD Application, one folder of YAML. */
export abstract class ApplicationChart extends Chart {
  readonly context: RenderContext;
  readonly application: ApplicationProps;

  constructor(scope: Construct, props: ApplicationProps) {
    super(scope, props.application, {
      disableResourceNameHashes: true,
      labels: commonLabels(),
      ...(props.namespace ? { namespace: props.namespace } : {}),
    });
    this.context = props.context;
    this.application = props;
    this.node.setContext(ORIGIN, props.origin);
  }

  get environment(): Environment {
    return this.context.environment;
  }

  get model(): System {
    return this.context.model;
  }
}

/** Everything added below `scope` from now on comes from this entry of the model. */
export function setOrigin(scope: Construct, origin: string): void {
  scope.node.setContext(ORIGIN, origin);
}

export const originOf = (scope: Construct): string => scope.node.getContext(ORIGIN) as string;
