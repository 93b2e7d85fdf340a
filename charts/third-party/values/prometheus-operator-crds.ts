/** Repository prometheus-community/helm-charts, prometheus-operator-crds; seen: values, their version is not told. */

import type { HelmValues } from "../helm-values.ts";
import type { PlatformInputs } from "../inputs.ts";

/** The kinds are too large for a client-side apply, and with one of them go all its objects. */
export const prometheusOperatorCrdsValues = (_inputs: PlatformInputs): HelmValues => ({
  crds: { annotations: { "argocd.argoproj.io/sync-options": "ServerSideApply=true,Prune=confirm,Delete=confirm" } },
});
