/**
 * Which JMX beans of a broker become metrics, and under which names: those that dashboards and alerts use. Rules of
 * https://github.com/prometheus/jmx_exporter; the names are Strimzi's, so that its dashboards fit as well.
 */
export const kafkaMetricRules = `lowercaseOutputName: true
rules:
  - pattern: kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*, topic=(.+)><>Count
    name: kafka_$1_$2_$3_total
    type: COUNTER
    labels:
      topic: "$4"
  - pattern: kafka.(\\w+)<type=(.+), name=(.+)PerSec\\w*><>Count
    name: kafka_$1_$2_$3_total
    type: COUNTER
  - pattern: kafka.server<type=(socket-server-metrics), listener=(.+), networkProcessor=(.+)><>(connection-count)
    name: kafka_server_$1_$4
    type: GAUGE
    labels:
      listener: "$2"
      networkProcessor: "$3"
  - pattern: kafka.(\\w+)<type=(.+), name=(.+)><>Value
    name: kafka_$1_$2_$3
    type: GAUGE
`;
