import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { untilDefinitionsEstablished } from "./definitions.ts";
import { startEtcd } from "./etcd.ts";
import { assertSucceeded, type Kubectl, kubectlFor } from "./kubectl.ts";
import { enginePath } from "./paths.ts";
import { freePorts, startProcess, temporaryFolder } from "./process.ts";

export interface ApiServerOptions {
  /** Files or folders of CustomResourceDefinitions, applied and waited for before the server is handed over. */
  readonly crdDirs?: readonly string[];
  /** Admission plugins to turn off, e.g. `ServiceAccount` to create pods where no controller makes their account. */
  readonly disabledAdmission?: readonly string[];
}

export interface ApiServer {
  readonly url: string;
  /** Path of a kubeconfig for a member of `system:masters`. */
  readonly kubeconfig: string;
  readonly token: string;
  readonly kubectl: Kubectl;
  /** Ends the server and its etcd and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts a real kube-apiserver with an etcd of its own on loopback: RBAC, Pod Security admission, no anonymous access.
 * No controller runs: nothing creates pods from a Deployment, and a deleted namespace stays `Terminating`.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const command = enginePath("kube-apiserver");
  enginePath("kubectl");
  const folder = temporaryFolder("api-server");
  const etcd = await startEtcd();
  const cleanUp = async () => {
    await etcd.stop();
    folder.remove();
  };
  try {
    const server = await startServer(command, folder.path, etcd.url, options.disabledAdmission ?? []);
    const kubectl = kubectlFor(server.kubeconfig, join(folder.path, "kubectl"));
    const stop = async () => {
      await server.process.stop();
      await cleanUp();
    };
    try {
      await applyDefinitions(kubectl, options.crdDirs ?? []);
    } catch (error) {
      await server.process.stop();
      throw error;
    }
    return { url: server.url, kubeconfig: server.kubeconfig, token: server.token, kubectl, stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function startServer(command: string, folder: string, etcdUrl: string, disabledAdmission: readonly string[]) {
  const [port] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const token = randomBytes(24).toString("hex");
  const tokens = writeSecret(folder, "tokens.csv", `${token},administrator,administrator,"system:masters"\n`);
  const account = writeServiceAccountKeys(folder);
  const certificates = join(folder, "certificates");
  mkdirSync(certificates);
  const certificate = join(certificates, "apiserver.crt");
  const server = await startProcess({
    name: "kube-apiserver",
    command,
    args: [
      `--etcd-servers=${etcdUrl}`,
      ...["--bind-address=127.0.0.1", `--secure-port=${port}`, "--advertise-address=127.0.0.1"],
      `--cert-dir=${certificates}`,
      // The addresses of API servers are published in the cluster, where loopback is refused: nobody reads them here.
      "--endpoint-reconciler-type=none",
      "--service-cluster-ip-range=10.96.0.0/16",
      ...["--anonymous-auth=false", `--token-auth-file=${tokens}`, "--authorization-mode=RBAC"],
      `--service-account-issuer=${url}`,
      `--service-account-key-file=${account.publicKey}`,
      `--service-account-signing-key-file=${account.privateKey}`,
      ...(disabledAdmission.length > 0 ? [`--disable-admission-plugins=${disabledAdmission.join(",")}`] : []),
      ...["--allow-privileged=true", "--profiling=false"],
    ],
    folder,
    ready: async () => existsSync(certificate) && (await isReady(url, token, readFileSync(certificate))),
  });
  return { process: server, url, token, kubeconfig: writeKubeconfig(folder, url, token, certificate) };
}

function writeServiceAccountKeys(folder: string) {
  const keys = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  return {
    publicKey: writeSecret(folder, "service-account.pub", keys.publicKey),
    privateKey: writeSecret(folder, "service-account.key", keys.privateKey),
  };
}

/** The server signs a certificate for itself on its first start; that file is what clients trust. */
function writeKubeconfig(folder: string, url: string, token: string, certificate: string): string {
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "engine", cluster: { server: url, "certificate-authority": certificate } }],
    users: [{ name: "administrator", user: { token } }],
    contexts: [{ name: "engine", context: { cluster: "engine", user: "administrator" } }],
    "current-context": "engine",
  };
  return writeSecret(folder, "kubeconfig", JSON.stringify(kubeconfig));
}

function writeSecret(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function isReady(url: string, token: string, ca: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}/readyz`, { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.once("error", reject);
    call.end();
  });
}

async function applyDefinitions(kubectl: Kubectl, sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return;
  const files = sources.flatMap((source) => ["--filename", source]);
  assertSucceeded("applying the CustomResourceDefinitions", await kubectl(["apply", "--server-side", ...files]));
  await untilDefinitionsEstablished(kubectl);
}
