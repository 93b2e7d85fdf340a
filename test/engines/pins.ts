/** A binary that `go build` makes from the module pinned by `go/<folder>/go.mod` and its `go.sum`. */
export interface GoEngine {
  readonly from: "go";
  /** Version of the module that holds the program, with its `v`. */
  readonly version: string;
  /** Folder under `test/engines/go` that holds go.mod and go.sum. */
  readonly folder: string;
  /** Module path as `go.mod` requires it. */
  readonly module: string;
  /** Import path of the main package, or one below the folder. */
  readonly package: string;
  /** Files of a main package of our own, below the folder. */
  readonly sources?: readonly string[];
  readonly tags?: readonly string[];
  /** String variables that the linker sets, as the project's own release build does. */
  readonly linkerVariables?: Readonly<Record<string, string>>;
  /** Arguments that make a binary on PATH print its version; absent where the name on PATH may be another program. */
  readonly versionArguments?: readonly string[];
  /** Files of the module that are kept in `share`, beside `bin`: what the program needs of its project. */
  readonly data?: readonly string[];
}

/** A class path that Maven resolves from `<folder>/pom.xml`, each jar checked against `<folder>/checksums.sha256`. */
export interface MavenEngine {
  readonly from: "maven";
  readonly version: string;
  readonly folder: string;
}

/** A program that `pip` installs into its own environment from a hashed `<folder>/requirements.txt`. */
export interface PythonEngine {
  readonly from: "python";
  readonly version: string;
  readonly folder: string;
}

/** A Debian package: the distribution signs it and moves its version for security fixes, so any version will do. */
export interface DebianEngine {
  readonly from: "debian";
  readonly package: string;
  /** Names under which the program may be on PATH; the first found is used. */
  readonly commands: readonly string[];
}

export type EnginePin = GoEngine | MavenEngine | PythonEngine | DebianEngine;

const kubernetes = {
  from: "go",
  version: "v1.36.3",
  folder: "kubernetes",
  module: "k8s.io/kubernetes",
  linkerVariables: {
    "k8s.io/component-base/version.gitVersion": "v1.36.3",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "36",
  },
} as const;

// The pinned chart is 1.18.3; durabletask-go v0.12.4, which that release requires, is not served as a module.
const dapr = {
  from: "go",
  version: "v1.18.2",
  folder: "dapr",
  module: "github.com/dapr/dapr",
  tags: ["allcomponents"],
  linkerVariables: { "github.com/dapr/dapr/pkg/buildinfo.version": "1.18.2" },
} as const;

// The chart's values name v3.6.1, which requires Go 1.27. gitops-engine is a module of its own in the same repository
// (`replace => ./gitops-engine`); v3.5.3 is the newest release tried whose commit of it the module proxy served.
const argocd = {
  from: "go",
  version: "v3.5.3",
  folder: "argocd",
  module: "github.com/argoproj/argo-cd/v3",
  package: "github.com/argoproj/argo-cd/v3/cmd",
  linkerVariables: { "github.com/argoproj/argo-cd/v3/common.version": "3.5.3" },
  data: ["manifests/core-install.yaml", "hack/git-verify-wrapper.sh"],
} as const;

/** Every engine, in the order in which they are installed: what most suites need first, the long builds late. */
export const enginePins = {
  etcd: {
    from: "go",
    version: "v3.6.16",
    folder: "etcd",
    module: "go.etcd.io/etcd/server/v3",
    package: "go.etcd.io/etcd/server/v3",
    versionArguments: ["--version"],
  },
  "kube-apiserver": {
    ...kubernetes,
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    versionArguments: ["--version"],
  },
  kubectl: { ...kubernetes, package: "k8s.io/kubernetes/cmd/kubectl", versionArguments: ["version", "--client"] },
  helm: {
    from: "go",
    version: "v4.3.1",
    folder: "helm",
    module: "helm.sh/helm/v4",
    package: "helm.sh/helm/v4/cmd/helm",
    linkerVariables: { "helm.sh/helm/v4/internal/version.version": "v4.3.1" },
    versionArguments: ["version", "--short"],
  },
  "kube-score": {
    from: "go",
    version: "v1.20.0",
    folder: "kube-score",
    module: "github.com/zegl/kube-score",
    package: "github.com/zegl/kube-score/cmd/kube-score",
    linkerVariables: { "main.version": "1.20.0" },
    versionArguments: ["version"],
  },
  kubeconform: {
    from: "go",
    version: "v0.8.0",
    folder: "kubeconform",
    module: "github.com/yannh/kubeconform",
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    linkerVariables: { "main.version": "v0.8.0" },
    versionArguments: ["-v"],
  },
  actionlint: {
    from: "go",
    version: "v1.7.12",
    folder: "actionlint",
    module: "github.com/rhysd/actionlint",
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    linkerVariables: { "github.com/rhysd/actionlint.version": "1.7.12" },
    versionArguments: ["-version"],
  },
  kafka: { from: "maven", version: "4.3.1", folder: "kafka" },
  valkey: { from: "debian", package: "redis-server", commands: ["valkey-server", "redis-server"] },
  chromium: { from: "debian", package: "chromium", commands: ["chromium", "chromium-browser", "google-chrome"] },
  buildah: { from: "debian", package: "buildah", commands: ["buildah"] },
  debootstrap: { from: "debian", package: "debootstrap", commands: ["debootstrap"] },
  checkov: { from: "python", version: "3.3.30", folder: "checkov" },
  argocd,
  daprd: { ...dapr, package: "github.com/dapr/dapr/cmd/daprd", versionArguments: ["--version"] },
  sentry: { ...dapr, package: "github.com/dapr/dapr/cmd/sentry" },
  scheduler: { ...dapr, package: "github.com/dapr/dapr/cmd/scheduler" },
  // The injector's own code around one pod: its webhook would need certificates and a cluster.
  "sidecar-patch": { ...dapr, package: "./sidecar-patch", sources: ["sidecar-patch/main.go"] },
} as const satisfies Readonly<Record<string, EnginePin>>;

export type EngineName = keyof typeof enginePins;

export const engineNames = Object.keys(enginePins) as EngineName[];
