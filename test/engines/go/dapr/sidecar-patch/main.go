// Adds daprd to a pod with the very code of Dapr's injector, without its webhook and certificates: reads
// {"pod": ..., "namespace": ..., "settings": ...} from standard input and writes the patched pod.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	injectorConsts "github.com/dapr/dapr/pkg/injector/consts"
	"github.com/dapr/dapr/pkg/injector/patcher"
	corev1 "k8s.io/api/core/v1"
)

// What the chart tells the injector, as src/checks/injector-settings.ts reads it from the rendered values.
type settings struct {
	Image                  string `json:"image"`
	ImagePullPolicy        string `json:"imagePullPolicy"`
	Namespace              string `json:"namespace"`
	ClusterDomain          string `json:"clusterDomain"`
	TrustDomain            string `json:"trustDomain"`
	RunAsNonRoot           bool   `json:"runAsNonRoot"`
	ReadOnlyRootFilesystem bool   `json:"readOnlyRootFilesystem"`
	DropAllCapabilities    bool   `json:"dropAllCapabilities"`
	DownwardAPI            bool   `json:"downwardApi"`
	NativeSidecar          bool   `json:"nativeSidecar"`
	Scheduler              bool   `json:"scheduler"`
	MTLS                   bool   `json:"mtls"`
}

type request struct {
	Pod       json.RawMessage `json:"pod"`
	Namespace string          `json:"namespace"`
	Settings  settings        `json:"settings"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var in request
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(in.Pod, pod); err != nil {
		return err
	}
	s := in.Settings
	sidecar := patcher.NewSidecarConfig(pod)
	sidecar.Mode = injectorConsts.ModeKubernetes
	sidecar.Namespace = in.Namespace
	sidecar.MTLSEnabled = s.MTLS
	sidecar.Identity = in.Namespace + ":" + pod.Spec.ServiceAccountName
	sidecar.ImagePullPolicy = corev1.PullPolicy(s.ImagePullPolicy)
	sidecar.OperatorAddress = patcher.ServiceAPI.Address(s.Namespace, s.ClusterDomain)
	sidecar.SentryAddress = patcher.ServiceSentry.Address(s.Namespace, s.ClusterDomain)
	sidecar.RunAsNonRoot = s.RunAsNonRoot
	sidecar.ReadOnlyRootFilesystem = s.ReadOnlyRootFilesystem
	sidecar.SidecarDropALLCapabilities = s.DropAllCapabilities
	sidecar.EnableK8sDownwardAPIs = s.DownwardAPI
	sidecar.ControlPlaneNamespace = s.Namespace
	sidecar.ControlPlaneTrustDomain = s.TrustDomain
	sidecar.SentrySPIFFEID = "spiffe://" + s.TrustDomain + "/ns/" + s.Namespace + "/dapr-sentry"
	sidecar.CurrentTrustAnchors = []byte("trust anchors")
	sidecar.KubeClusterDomain = s.ClusterDomain
	sidecar.SchedulerEnabled = s.Scheduler
	sidecar.EnableNativeSidecar = s.NativeSidecar
	sidecar.SidecarImage = s.Image
	sidecar.SetFromPodAnnotations()

	operations, err := sidecar.GetPatch()
	if err != nil {
		return err
	}
	patched, err := operations.Apply(in.Pod)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(patched)
	return err
}
