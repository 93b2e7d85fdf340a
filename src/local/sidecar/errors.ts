/** Dapr 1.18's error answers: `pkg/messages`, `pkg/api/errors`. */
import type { ServerResponse } from "node:http";

export class DaprError extends Error {
  override readonly name = "DaprError";
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function answerDaprError(response: ServerResponse, error: DaprError): void {
  answerJson(response, error.status, { errorCode: error.errorCode, message: error.message });
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export const answerEmpty = (response: ServerResponse): void => {
  response.writeHead(204).end();
};
