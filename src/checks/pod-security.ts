/**
 * Pod Security `restricted` at Kubernetes 1.36: the checks of k8s.io/pod-security-admission v0.36.3, `policy/check_*.go`.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
import { type Container, containersOf, type PodSpec } from "./pods.ts";
import { at, fieldsAt, listAt, numberAt, textAt, textMapAt, textsAt } from "./read.ts";

export interface PodToAdmit {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

const VOLUMES = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

const SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_syncookies",
]);

const SELINUX_TYPES = new Set(["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"]);
const SECCOMP_TYPES = new Set(["RuntimeDefault", "Localhost"]);
const APPARMOR_TYPES = new Set(["RuntimeDefault", "Localhost"]);
const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/** What `restricted` refuses about a pod; empty: it is admitted. */
export function restrictedProblems({ annotations, spec }: PodToAdmit): string[] {
  return [
    ...podProblems(spec),
    ...apparmorProblems(annotations),
    ...containersOf({ pod: spec }).flatMap((container) =>
      containerProblems(spec, container).map((problem) => `container ${container.name}: ${problem}`),
    ),
  ];
}

function podProblems(spec: PodSpec): string[] {
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true);
  const volumes = listAt(spec, "volumes").filter((volume) => !Object.keys(volume).some((type) => VOLUMES.has(type)));
  const sysctls = listAt(spec, "securityContext", "sysctls").filter(({ name }) => !SYSCTLS.has(String(name)));
  return [
    ...shared.map((field) => `${field} is true`),
    ...volumes.map((volume) => `volume ${String(volume.name)} is of a type that is not allowed`),
    ...sysctls.map(({ name }) => `sysctl ${String(name)}`),
    ...contextProblems(spec.securityContext),
    ...(spec.securityContext?.runAsNonRoot === false ? ["runAsNonRoot is false"] : []),
  ];
}

/** What pods and containers may not say alike. */
function contextProblems(context: unknown): string[] {
  const seccomp = textAt(context, "seccompProfile", "type");
  const apparmor = textAt(context, "appArmorProfile", "type");
  const selinux = fieldsAt(context, "seLinuxOptions");
  return [
    ...(numberAt(context, "runAsUser") === 0 ? ["runAsUser is 0"] : []),
    ...(seccomp !== undefined && !SECCOMP_TYPES.has(seccomp) ? [`seccompProfile is ${seccomp}`] : []),
    ...(apparmor !== undefined && !APPARMOR_TYPES.has(apparmor) ? [`appArmorProfile is ${apparmor}`] : []),
    ...(SELINUX_TYPES.has(textAt(selinux, "type") ?? "") ? [] : ["seLinuxOptions.type is not allowed"]),
    ...(selinux.user || selinux.role ? ["seLinuxOptions set a user or role"] : []),
    ...(at(context, "windowsOptions", "hostProcess") === true ? ["windowsOptions.hostProcess is true"] : []),
  ];
}

const apparmorProblems = (annotations: Readonly<Record<string, string>>): string[] =>
  Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APPARMOR_ANNOTATION) && !/^(runtime\/default$|localhost\/|$)/.test(value))
    .map(([key, value]) => `annotation ${key} is ${value}`);

function containerProblems(spec: PodSpec, container: Container): string[] {
  const context = container.securityContext ?? {};
  const dropped = textsAt(context, "capabilities", "drop");
  const added = textsAt(context, "capabilities", "add").filter((capability) => capability !== "NET_BIND_SERVICE");
  const nonRoot = context.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
  const seccomp = at(context, "seccompProfile") ?? at(spec.securityContext, "seccompProfile");
  const procMount = context.procMount ?? "Default";
  return [
    ...contextProblems(context),
    ...(context.privileged === true ? ["privileged is true"] : []),
    ...(context.allowPrivilegeEscalation === false ? [] : ["allowPrivilegeEscalation is not false"]),
    ...(dropped.includes("ALL") ? [] : ["capabilities do not drop ALL"]),
    ...added.map((capability) => `adds the capability ${capability}`),
    ...(nonRoot === true ? [] : ["runAsNonRoot is not true"]),
    ...(seccomp === undefined ? ["seccompProfile is not set"] : []),
    ...(procMount === "Default" ? [] : [`procMount is ${String(procMount)}`]),
    ...listAt(container, "ports").flatMap(({ hostPort }) => (hostPort ? [`hostPort ${String(hostPort)}`] : [])),
    ...hostFields(container),
  ];
}

/** Since 1.34 probes and hooks may not name another host. */
function hostFields(container: Container): string[] {
  const handlers = [
    ...["livenessProbe", "readinessProbe", "startupProbe"].map((probe) => [probe, container[probe]] as const),
    ...["postStart", "preStop"].map((hook) => [hook, at(container, "lifecycle", hook)] as const),
  ];
  return handlers.flatMap(([name, handler]) =>
    textAt(handler, "httpGet", "host") || textAt(handler, "tcpSocket", "host") ? [`${name} names a host`] : [],
  );
}

/** Labels by which a namespace says what it admits. */
export const podSecurityLevel = (labels: unknown): string | undefined =>
  textMapAt(labels)["pod-security.kubernetes.io/enforce"];
