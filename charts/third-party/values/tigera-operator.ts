/** Repository projectcalico/calico, charts/tigera-operator; seen: values at v3.30.3. */

import type { HelmValues } from "../helm-values.ts";
import type { PlatformInputs } from "../inputs.ts";
import { resources } from "../workloads.ts";

const off: HelmValues = { enabled: false };

/** Enforces network policies on OKE, whose own network plugin enforces none; the other providers bring enforcement. */
export const tigeraOperatorValues = (inputs: PlatformInputs): HelmValues => ({
  installation: { enabled: true, kubernetesProvider: "" },
  apiServer: off,
  goldmane: off,
  whisker: off,
  resources: resources(inputs, "tigera-operator", "operator"),
});
