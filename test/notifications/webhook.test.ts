import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { systemClock } from "#kit/clock";
import type { Delivery } from "#services/notifications/data/delivery-rows";
import type { Address, Resolve } from "#services/notifications/deliver/resolve";
import { DeliveryError } from "#services/notifications/deliver/sender";
import { webhookSender } from "#services/notifications/deliver/webhook";
import { isPublicAddress } from "#services/notifications/domain/public-address";
import { signingSecretOf } from "#services/notifications/domain/signature";
import { refusalOf } from "#services/notifications/domain/webhook-url";
import { type Receiver, webhookReceiver } from "./support.ts";

const SIGNING_KEY = "signing key of the tests";
let receiver: Receiver;

beforeAll(async () => {
  receiver = await webhookReceiver();
});
afterAll(async () => receiver[Symbol.asyncDispose]());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.answer(204);
});

const deliveryTo = (target: string): Delivery => ({
  id: randomUUID(),
  user_id: "alice",
  notification_id: randomUUID(),
  channel: "webhook",
  target,
  message: {
    kind: "reminder",
    taskId: randomUUID(),
    title: "pay rent",
    due: "2026-12-01",
    timeZone: "Europe/Berlin",
    sentAt: "2026-11-30T08:00:00.000Z",
  },
  status: "pending",
  attempts: 1,
  next_attempt_at: null,
  last_error: null,
  created_at: new Date(),
  finished_at: null,
});

const send = (delivery: Delivery, options: { trusted?: readonly string[]; resolve?: Resolve } = {}) =>
  webhookSender({
    signingKey: SIGNING_KEY,
    trusted: options.trusted ?? [receiver.host],
    clock: systemClock,
    ...options,
  })(delivery);

const failure = async (sending: Promise<void>): Promise<DeliveryError> => {
  const error = await sending.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error as DeliveryError;
};

describe("a webhook", () => {
  it("says what reminds, signed so that the receiver can tell who sent it and when", async () => {
    const delivery = deliveryTo(receiver.url);
    await send(delivery);
    const [{ headers, body } = { headers: {}, body: "" }] = receiver.received;
    expect(JSON.parse(body)).toEqual({
      type: "reminder",
      timestamp: "2026-11-30T08:00:00.000Z",
      data: {
        taskId: expect.any(String),
        notificationId: delivery.notification_id,
        title: "pay rent",
        due: "2026-12-01",
        timeZone: "Europe/Berlin",
      },
    });
    const key = Buffer.from(signingSecretOf(SIGNING_KEY, "alice").replace("whsec_", ""), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
    expect(headers["webhook-id"]).toBe(delivery.id);
    expect(signingSecretOf(SIGNING_KEY, "alice")).not.toBe(signingSecretOf(SIGNING_KEY, "bob"));
  });

  it("follows no redirect and keeps nothing of the answer but its status", async () => {
    receiver.answer(302, { location: "http://127.0.0.1:1/" });
    expect((await failure(send(deliveryTo(receiver.url)))).message).toBe("the receiver answered 302");
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    [500, false],
    [429, false],
    [410, true],
  ])("is given up for good at %i: %s", async (status, forGood) => {
    receiver.answer(status);
    expect((await failure(send(deliveryTo(receiver.url)))).forGood).toBe(forGood);
  });

  it("goes to the address that was looked at, and asks no second time", async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (host) => {
      asked.push(host);
      return [{ address: "127.0.0.1", family: 4 }];
    };
    const port = receiver.host.split(":")[1];
    const trusted = [`hooks.example.com:${port}`];
    await send(deliveryTo(`http://hooks.example.com:${port}/hook`), { trusted, resolve });
    expect([asked, receiver.received.length]).toEqual([["hooks.example.com"], 1]);
  });

  it("tries the next address of a host when the first does not answer", async () => {
    const port = receiver.host.split(":")[1];
    // Nobody listens there: a host often has an IPv6 address that a network without IPv6 cannot reach.
    const resolve: Resolve = async () => [
      { address: "::1", family: 6 },
      { address: "127.0.0.1", family: 4 },
    ];
    await send(deliveryTo(`http://hooks.example.com:${port}/hook`), {
      trusted: [`hooks.example.com:${port}`],
      resolve,
    });
    expect(receiver.received).toHaveLength(1);
  });

  it("does not follow a name that led to the internet when it was saved and leads inside when it is sent", async () => {
    const answers = ["93.184.215.14", "127.0.0.1"];
    const target = "https://hooks.example.com/";
    expect(refusalOf(new URL(target), [])).toBeUndefined();
    expect(isPublicAddress(answers.shift() ?? "")).toBe(true);
    const resolve: Resolve = async () => answers.map((address) => ({ address, family: 4 }));
    expect((await failure(send(deliveryTo(target), { trusted: [], resolve }))).forGood).toBe(true);
  });

  it("is tried again when its name cannot be looked up", async () => {
    const resolve: Resolve = async () => [];
    const error = await failure(send(deliveryTo("https://hooks.example.com/"), { trusted: [], resolve }));
    expect([error.message, error.forGood]).toEqual(["the host name cannot be resolved", false]);
  });

  it.each<[string, readonly Address[]]>([
    ["a private address", [{ address: "10.0.0.1", family: 4 }]],
    ["the metadata service", [{ address: "169.254.169.254", family: 4 }]],
    [
      "a private address beside a public one",
      [
        { address: "93.184.215.14", family: 4 },
        { address: "::1", family: 6 },
      ],
    ],
  ])("does not go to a name that leads to %s", async (_what, addresses) => {
    const resolve: Resolve = async () => addresses;
    const error = await failure(send(deliveryTo("https://hooks.example.com/"), { trusted: [], resolve }));
    expect([error.message, error.forGood]).toEqual(["the address must be reachable from the internet", true]);
    expect(receiver.received).toEqual([]);
  });
});

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "64:ff9b::a00:1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2002:a00:1::",
    "2001:db8::1",
    "not an address",
    "",
  ])("%s is not public", (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1"])(
    "%s is public",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

it.each([
  ["http://hooks.example.com/", "must begin with https://"],
  ["https://hooks.example.com:8443/", "must use HTTPS's own port 443"],
  ["https://user:secret@hooks.example.com/", "must not hold a user name or password: the signature proves who sends"],
  ["https://localhost/", "must be reachable from the internet"],
  ["https://tasks/", "must be reachable from the internet"],
  ["https://127.0.0.1/", "must be reachable from the internet"],
  ["https://2130706433/", "must be reachable from the internet"],
  ["https://0x7f.1/", "must be reachable from the internet"],
  ["https://[::1]/", "must be reachable from the internet"],
  ["https://[::ffff:10.0.0.1]/", "must be reachable from the internet"],
  ["https://hooks.example.com/path?token=1", undefined],
  ["https://93.184.215.14/", undefined],
])("%s %s", (url, refusal) => expect(refusalOf(new URL(url), [])).toBe(refusal));
