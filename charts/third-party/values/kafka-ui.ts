/** Repository kafbat/helm-charts, kafka-ui; seen: values, their version is not told. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type KafkaAccess, type PlatformInputs, placed } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

const version = "v1.5.0";
const keystoreAt = "/etc/kafka-user";
const truststoreAt = "/etc/kafka-ca";

const cluster = (setting: string): string => `KAFKA_CLUSTERS_0_${setting}`;
const property = (setting: string): string => cluster(`PROPERTIES_${setting}`);

interface Connection {
  readonly config: HelmValues;
  readonly secrets: HelmValues;
  readonly volumes: readonly HelmValues[];
  readonly mounts: readonly HelmValues[];
}

const mounted = (name: string, secretName: string, mountPath: string): { volume: HelmValues; mount: HelmValues } => ({
  volume: { name, secret: { secretName } },
  mount: { name, mountPath, readOnly: true },
});

function connection(access: KafkaAccess): Connection {
  if (access.kind === "sasl") {
    return {
      config: { [property("SECURITY_PROTOCOL")]: "SASL_SSL", [property("SASL_MECHANISM")]: access.mechanism },
      secrets: { [property("SASL_JAAS_CONFIG")]: { name: access.jaasSecret.name, keyName: access.jaasSecret.key } },
      volumes: [],
      mounts: [],
    };
  }
  const user = mounted("kafka-user", access.userSecret, keystoreAt);
  const ca = mounted("kafka-ca", access.caSecret, truststoreAt);
  return {
    config: {
      [property("SECURITY_PROTOCOL")]: "SSL",
      [property("SSL_KEYSTORE_TYPE")]: "PKCS12",
      [property("SSL_KEYSTORE_LOCATION")]: `${keystoreAt}/user.p12`,
      [property("SSL_TRUSTSTORE_TYPE")]: "PKCS12",
      [cluster("SSL_TRUSTSTORELOCATION")]: `${truststoreAt}/ca.p12`,
    },
    secrets: {
      [property("SSL_KEYSTORE_PASSWORD")]: { name: access.userSecret, keyName: "user.password" },
      [cluster("SSL_TRUSTSTOREPASSWORD")]: { name: access.caSecret, keyName: "ca.password" },
    },
    volumes: [user.volume, ca.volume],
    mounts: [user.mount, ca.mount],
  };
}

/** Reads only, has no sign-in and is reached by port-forward alone. */
export const kafkaUiValues = (inputs: PlatformInputs): HelmValues => {
  const { kafka } = inputs;
  if (kafka === undefined) throw new Error("kafka-ui needs `kafka`: there are no brokers to show");
  const { config, secrets, volumes, mounts } = connection(kafka);
  return {
    replicaCount: replicas(inputs, "kafka-ui"),
    image: { tag: version },
    envs: {
      config: {
        [cluster("NAME")]: inputs.name,
        [cluster("BOOTSTRAPSERVERS")]: kafka.bootstrap,
        [cluster("READONLY")]: "true",
        AUTH_TYPE: "DISABLED",
        DYNAMIC_CONFIG_ENABLED: "false",
        JAVA_OPTS: "-XX:MaxRAMPercentage=60",
        ...config,
      },
      secretMappings: secrets,
    },
    volumes: [{ name: "tmp", emptyDir: {} }, ...volumes],
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }, ...mounts],
    podSecurityContext: restrictedPod,
    securityContext: restrictedContainer,
    resources: resources(inputs, "kafka-ui", "kafka-ui"),
    ...placed(inputs),
  };
};
