import { describe, expect, test } from "@jest/globals";
import { UserError } from "#model/user-error";
import { explained, needing } from "#topics/failures";
import { ageText } from "#topics/lag-text";

const failure = (message: string, more: object = {}, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), more);

describe("a failure", () => {
  test.each([
    ["connect ECONNREFUSED 127.0.0.1:1", { code: "ECONNREFUSED" }, "nothing listens at k:1"],
    ["getaddrinfo ENOTFOUND k", { code: "ENOTFOUND" }, "the name in k:1 cannot be resolved here"],
    ["self-signed certificate in certificate chain", {}, "nobody that is trusted vouches for the certificate of k:1"],
    ["certificate has expired", { code: "CERT_HAS_EXPIRED" }, "the certificate of k:1 has ended"],
    ["packet length too long", {}, "k:1 does not speak TLS"],
    ["SASL PLAIN authentication failed", {}, "k:1 refuses the user name or the password"],
    ["Connection timeout", { name: "KafkaJSConnectionError" }, "no answer from k:1"],
    ["Closed connection", { name: "KafkaJSConnectionClosedError" }, "k:1 closed the connection"],
  ])("%s is told as what it means, whatever wraps it", (message, more, told) => {
    for (const error of [
      failure(message, more),
      failure("retries", { name: "KafkaJSError" }, failure(message, more)),
    ]) {
      const explanation = explained(error, "k:1");
      expect(explanation).toBeInstanceOf(UserError);
      expect((explanation as UserError).message).toBe(told);
      expect((explanation as UserError).cause).toBe(error);
    }
  });

  test("of a certificate depends on whether one was given", () => {
    const alert = failure("SSL alert bad certificate");
    expect((explained(alert, "k:1", false) as Error).message).toBe("k:1 wants a client's certificate");
    expect((explained(alert, "k:1", true) as Error).message).toContain("does not accept this certificate");
  });

  test("that only Kafka knows is told in its words", () => {
    const odd = failure("The request is weird", { name: "KafkaJSProtocolError", type: "WEIRD" });
    expect((explained(odd, "k:1") as Error).message).toBe("Kafka answered: The request is weird");
  });

  test("of ours is not dressed up", () => {
    const bug = new TypeError("undefined is not a function");
    expect(explained(bug, "k:1")).toBe(bug);
  });

  test("for want of an ACL names it, and no other is taken for it", async () => {
    const acl = { resource: { type: "topic", name: "task-events" }, operation: "Write" } as const;
    const denied = (type: string) => () => Promise.reject(failure("no", { type }));
    await expect(needing("User:CN=x", acl, denied("TOPIC_AUTHORIZATION_FAILED"))).rejects.toThrow(
      "User:CN=x lacks an ACL: Write on topic task-events",
    );
    await expect(needing("User:CN=x", acl, denied("GROUP_AUTHORIZATION_FAILED"))).rejects.toThrow(/^no$/);
  });
});

test("ages are told in the unit that fits", () => {
  expect([0.4, 12.34, 59.9, 90, 7_200, 200_000].map(ageText)).toEqual([
    "0.4 s",
    "12 s",
    "60 s",
    "2 min",
    "2.0 h",
    "2.3 d",
  ]);
});
