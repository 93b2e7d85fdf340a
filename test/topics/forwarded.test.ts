import { describe, expect, test } from "@jest/globals";
import { parseAddress, routeTo } from "#topics/forwarded";

const names = (broker: number) =>
  new Set(["todo-kafka-kafka-bootstrap.infra-services.svc", `brokers-${broker}.todo-kafka.svc`]);

describe("addresses of brokers", () => {
  test("are a host and a port, also in brackets", () => {
    expect(parseAddress(" kafka:9093")).toEqual({ host: "kafka", port: 9093 });
    expect(parseAddress("[::1]:9093")).toEqual({ host: "::1", port: 9093 });
  });

  test.each(["kafka", "kafka:", ":9093", "kafka:0", "kafka:70000", "kafka:9093/x", "http://kafka:9093"])(
    "are refused as %s",
    (text) => {
      expect(() => parseAddress(text)).toThrow("is no address of a broker");
    },
  );

  test("lead to the forwarded port behind which that very broker is", () => {
    const forwarded = [0, 1, 2].map((broker) => ({ host: "127.0.0.1", port: 19_093 + broker, names: names(broker) }));
    expect(routeTo("brokers-1.todo-kafka.svc", 9093, forwarded)).toMatchObject({ host: "127.0.0.1", port: 19_094 });
    expect(routeTo("127.0.0.1", 19_095, forwarded)).toEqual({ host: "127.0.0.1", port: 19_095 });
  });

  test("are taken as they are where no certificate has the name", () => {
    expect(routeTo("elsewhere", 9093, [{ host: "127.0.0.1", port: 1, names: names(0) }])).toEqual({
      host: "elsewhere",
      port: 9093,
    });
  });
});
