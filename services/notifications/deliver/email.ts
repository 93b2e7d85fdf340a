/** Mails over the installation's own server. */
import { createTransport, type Transporter } from "nodemailer";
import type { Delivery } from "../data/delivery-rows.ts";
import type { Message } from "../data/tables.ts";
import { DeliveryError, type Sender } from "./sender.ts";

export interface MailProps {
  /** `smtp://user:password@host:587` (STARTTLS), or `smtps://` for TLS from the start. */
  readonly smtpUrl: string;
  readonly from: string;
  /** Where people open the app. */
  readonly origin: string;
}

const TIMEOUT_MS = 10_000;

/** A password or a person's reminder goes over no network in the clear. */
function transportOf(smtpUrl: string): Transporter {
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(new URL(smtpUrl).hostname);
  return createTransport({
    url: smtpUrl,
    requireTLS: !isLoopback && smtpUrl.startsWith("smtp:"),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as Parameters<typeof createTransport>[0]);
}

export interface Mailer {
  readonly send: Sender;
  close(): void;
}

/** The Message-ID is the delivery's id, the same for every attempt: mailboxes show it once. */
export function mailer({ smtpUrl, from, origin }: MailProps): Mailer {
  const transport = transportOf(smtpUrl);
  const domain = new URL(origin).hostname;
  return {
    send: async (delivery) => {
      try {
        await transport.sendMail({
          from,
          to: { name: "", address: delivery.target },
          messageId: `<${delivery.id}@${domain}>`,
          headers: { "auto-submitted": "auto-generated" },
          ...textOf(delivery, origin),
        });
      } catch (cause) {
        throw mailError(cause as { responseCode?: number });
      }
    },
    close: () => transport.close(),
  };
}

/** The server's own words may hold names of the network behind it. */
function mailError(cause: { readonly responseCode?: number }): DeliveryError {
  const code = cause.responseCode;
  if (code === undefined) return new DeliveryError("the mail server cannot be reached", { cause });
  // 535 and its like are about us, not about the address: mended by whoever runs the installation.
  const forGood = code >= 550 && code <= 559;
  return new DeliveryError(`the mail server refused it with ${code}`, { forGood, cause });
}

const oneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();

function textOf({ message }: Delivery, origin: string): { subject: string; text: string } {
  switch (message?.kind) {
    case "reminder":
      return { subject: `Reminder: ${oneLine(message.title)}`, text: reminderText(message, origin) };
    case "code":
      return {
        subject: `${message.code} is your code`,
        text: `Your code is ${message.code}. It confirms that reminders may be sent to this address, and holds for an hour.\n\nIf you did not ask for it, there is nothing to do.\n`,
      };
    default:
      return { subject: "A test", text: `Reminders reach you at this address.\n\n${origin}\n` };
  }
}

function reminderText({ title, due, timeZone }: Extract<Message, { kind: "reminder" }>, origin: string): string {
  const when = due === null ? "" : `\nDue ${due.replace("T", " at ")} (${timeZone})\n`;
  return `${title}\n${when}\n${origin}\n`;
}
