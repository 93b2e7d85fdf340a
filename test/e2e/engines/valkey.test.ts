import { connect as connectPlain } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  type CertificateAuthority,
  createAuthority,
  startValkey,
  temporaryFolder,
  type Valkey,
} from "#test/engines/index";

describe("a real Valkey with TLS and a password", () => {
  const folder = temporaryFolder("valkey-test");
  let authority: CertificateAuthority;
  let valkey: Valkey;

  beforeAll(async () => {
    authority = await createAuthority(folder.path, "valkey-ca");
    valkey = await startValkey({ authority, password: "of-this-test" });
  }, 30_000);
  afterAll(async () => {
    await valkey?.stop();
    folder.remove();
  });

  /** Inline commands of its protocol, answered a line each. */
  const say = (...commands: string[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const [host = "", port] = valkey.address.split(":");
      let text = "";
      const socket: TLSSocket = connect({ host, port: Number(port), ca: authority.certificate }, () => {
        socket.write(`${[...commands, "QUIT"].join("\r\n")}\r\n`);
      });
      socket.on("data", (chunk) => (text += chunk));
      socket.on("close", () => resolve(text.trim().split("\r\n")));
      socket.on("error", reject);
    });

  test("answers nobody without the password", async () => {
    expect((await say("PING"))[0]).toMatch(/^-NOAUTH/);
    expect((await say("AUTH of-this-test", "PING")).slice(0, 2)).toEqual(["+OK", "+PONG"]);
  });

  test("does not speak without TLS", async () => {
    const [host = "", port] = valkey.address.split(":");
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = connectPlain(Number(port), host, () => socket.write("PING\r\n"));
      socket.on("data", (chunk) => (text += chunk.toString("latin1")));
      socket.on("error", () => {});
      socket.on("close", () => resolve(text));
    });
    expect(answer).not.toContain("PONG");
    expect(answer).not.toContain("NOAUTH");
  });

  test("comes back on the same address after kill -9", async () => {
    const { pid } = valkey;
    valkey.signal("SIGKILL");
    await valkey.ended;
    await valkey.start();
    expect(valkey.pid).not.toBe(pid);
    expect((await say("AUTH of-this-test", "PING"))[1]).toBe("+PONG");
  });
});
