import { Construct } from "constructs";
import { ApplicationChart, type RenderContext, setOrigin } from "#constructs/application-chart";
import { customResource } from "#constructs/custom-resource";
import { commonLabels, kafkaClusterLabel } from "#constructs/labels";
import { type Acl, aclsOf, debuggerAcls, lagReaderAcls, usesKafka } from "#model/acls";
import { isSingleNode } from "#model/environment";
import { kafkaUsers, namespaces } from "#model/names";
import { kafkaClientCertificates } from "#model/objectives";
import type { Duration } from "#model/quantities";
import { waves } from "#model/waves";

const inDays = ({ milliseconds }: Duration): number => milliseconds / 86_400_000;

/** Sidecars see a renewed certificate after a restart; an alert that counts by the same figures says so in time. */
const VALIDITY = {
  validityDays: inDays(kafkaClientCertificates.validity),
  renewalDays: inDays(kafkaClientCertificates.renewBefore),
};

/** A Kafka identity for each service, with what its entry allows, and two for the platform. */
export class KafkaUsersChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    const { model, environment } = context;
    super(scope, {
      context,
      application: "kafka-users",
      origin: `environments.${environment.name}`,
      wave: waves.topics,
      project: "todo",
      namespace: namespaces.infra,
    });
    for (const [name, service] of Object.entries(model.services)) {
      if (usesKafka(service)) this.#user(name, `services.${name}`, aclsOf(model, name));
    }
    const origin = this.application.origin;
    if (!isSingleNode(environment)) {
      this.#user(kafkaUsers.keda, origin, lagReaderAcls(model));
      this.#user(kafkaUsers.kafkaUi, origin, debuggerAcls(model));
    }
  }

  #user(name: string, origin: string, acls: readonly Acl[]): void {
    const node = new Construct(this, name);
    setOrigin(node, origin);
    customResource(
      node,
      "user",
      "kafka.strimzi.io/KafkaUser",
      { name, namespace: namespaces.infra, labels: { ...commonLabels(), ...kafkaClusterLabel() } },
      {
        spec: {
          authentication: { type: "tls", ...VALIDITY },
          authorization: {
            type: "simple",
            acls: acls.map(({ resource, operations }) => ({
              type: "allow",
              resource: { ...resource, patternType: "literal" },
              operations: [...operations],
              host: "*",
            })),
          },
        },
      },
    );
  }
}
