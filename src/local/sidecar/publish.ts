import { randomUUID } from "node:crypto";
import { components } from "#model/names";
import { type Call, readBody, type Shared } from "./call.ts";
import { answerEmpty, DaprError } from "./errors.ts";

/** `POST /v1.0/publish/{pubsub}/{topic}`: 204 once the event is durable. */
export async function publish({ app, request, response, segments, query }: Call, { broker }: Shared): Promise<void> {
  const [, pubsub = "", ...rest] = segments;
  const topic = rest.join("/");
  if (pubsub !== components.pubsub) throw new DaprError(404, "ERR_PUBSUB_NOT_FOUND", `pubsub ${pubsub} is not found`);
  if (topic === "") throw new DaprError(404, "ERR_TOPIC_NAME_EMPTY", `topic is empty in pubsub ${pubsub}`);
  if (!app.policy.publishes.has(topic)) {
    throw new DaprError(403, "ERR_PUBSUB_FORBIDDEN", `topic ${topic} is not allowed for app id ${app.name}`);
  }
  const body = (await readBody(request)).toString();
  const traceparent = request.headers.traceparent;
  const tracestate = request.headers.tracestate;
  const trace = {
    ...(typeof traceparent === "string" ? { traceparent } : {}),
    ...(typeof tracestate === "string" ? { tracestate } : {}),
  };
  const event = envelope(app.name, topic, body, request.headers["content-type"] ?? "", trace);
  const key = query.get("metadata.partitionKey") ?? query.get("metadata.__key") ?? undefined;
  try {
    await broker.publish({ topic, key, event, headers: trace });
  } catch (error) {
    const why = (error as Error).message;
    throw new DaprError(
      500,
      "ERR_PUBSUB_PUBLISH_MESSAGE",
      `error when publishing to topic ${topic} in pubsub ${pubsub}: ${why}`,
    );
  }
  answerEmpty(response);
}

type Trace = { readonly traceparent?: string; readonly tracestate?: string };

/** A CloudEvent keeps its attributes and gets Dapr's beside them; anything else is wrapped in one. */
function envelope(source: string, topic: string, body: string, contentType: string, trace: Trace): string {
  const added = { topic, pubsubname: components.pubsub };
  if (/^application\/cloudevents\+json/i.test(contentType)) {
    const given = parse(body);
    if (typeof given !== "object" || given === null || Array.isArray(given)) throw cannotCreate();
    const event = given as Record<string, unknown>;
    const traced = "traceid" in event ? {} : { traceid: trace.traceparent ?? "", traceparent: trace.traceparent ?? "" };
    return JSON.stringify({
      specversion: "1.0",
      type: "com.dapr.event.sent",
      source: "Dapr",
      time: new Date().toISOString(),
      ...event,
      ...traced,
      tracestate: event.tracestate ?? trace.tracestate ?? "",
      ...added,
    });
  }
  const isJson = /json/i.test(contentType);
  return JSON.stringify({
    specversion: "1.0",
    id: randomUUID(),
    source,
    type: "com.dapr.event.sent",
    time: new Date().toISOString(),
    datacontenttype: contentType || "text/plain",
    data: isJson ? parse(body) : body,
    traceid: trace.traceparent ?? "",
    traceparent: trace.traceparent ?? "",
    tracestate: trace.tracestate ?? "",
    ...added,
  });
}

const cannotCreate = (): DaprError => new DaprError(500, "ERR_PUBSUB_CLOUD_EVENTS_SER", "cannot create cloudevent");

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw cannotCreate();
  }
}
