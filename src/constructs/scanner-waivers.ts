/** Findings of scanners that we do not follow, each with its reason, in the annotations that the scanners read. */

import type { RenderContext } from "./application-chart.ts";

interface Waiver {
  readonly kubeScore?: string;
  readonly checkov?: string;
  readonly reason: string;
}

const PULL_POLICY: Waiver = {
  kubeScore: "container-image-pull-policy",
  checkov: "CKV_K8S_15",
  reason: "The image is pinned by digest: pulling it again brings the same bytes and fails while the registry is away",
};

const UNRELEASED: Waiver = {
  checkov: "CKV_K8S_43",
  reason: "Before the first release there is no digest; promotion refuses it until then",
};

const SCALED_BY_KEDA: Waiver = {
  kubeScore: "deployment-replicas",
  reason: "Its ScaledObject keeps the number of replicas, which kube-score does not read",
};

const SINGLE_NODE: Waiver = {
  kubeScore: "deployment-replicas",
  reason: "One node, one replica: a second one would share its fate",
};

const PODS_OF_OPERATORS: Waiver = {
  kubeScore: "networkpolicy-targets-pod",
  reason: "An operator or a chart makes the pods that it selects",
};

export const waivers = { PULL_POLICY, UNRELEASED, SCALED_BY_KEDA, SINGLE_NODE, PODS_OF_OPERATORS } as const;

/** What holds for every pod that runs an image of ours. */
export const imageWaivers = ({ images }: RenderContext, image: string): readonly Waiver[] =>
  images[image]?.digest ? [PULL_POLICY] : [PULL_POLICY, UNRELEASED];

/** What holds for every pod of ours that runs somebody else's image. */
export const thirdPartyImageWaivers: readonly Waiver[] = [
  {
    ...PULL_POLICY,
    reason: "The version is exact and does not move: pulling it again fails while the registry is away",
  },
  { checkov: "CKV_K8S_43", reason: "No digest of this version is confirmed by a source" },
];

/** Annotations that tell kube-score and checkov what is waived and why. */
export function waive(...given: readonly Waiver[]): Record<string, string> {
  const kubeScore = given.flatMap((waiver) => waiver.kubeScore ?? []);
  const checkov = given.filter((waiver) => waiver.checkov);
  return {
    ...(kubeScore.length > 0 ? { "kube-score/ignore": kubeScore.join(",") } : {}),
    ...Object.fromEntries(
      checkov.map(({ checkov: id, reason }, index) => [`checkov.io/skip${index + 1}`, `${id}=${reason}`]),
    ),
  };
}
