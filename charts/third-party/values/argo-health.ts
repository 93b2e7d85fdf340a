import { rootApplication } from "#model/names";

/** Health checks in Lua for kinds that Argo CD has none for, keyed as its `argocd-cm` wants them. */

// Without this an Application in a wave counts as healthy at once, and the waves of the root application do not wait.
// The root application is one of its own resources: waiting for its own sync to end, it would wait for ever.
const application = `if obj.metadata.name == "${rootApplication}" then
  return { status = "Healthy", message = "" }
end
local health = { status = "Progressing", message = "never synced" }
local status = obj.status or {}
local operation = status.operationState
if operation == nil then
  -- What was there before the Application needs no sync and never gets one.
  if status.sync == nil or status.sync.status ~= "Synced" then
    return health
  end
  operation = {}
end
if operation.phase == "Running" or operation.phase == "Terminating" then
  health.message = operation.message or "sync is running"
  return health
end
if operation.phase == "Failed" or operation.phase == "Error" then
  health.status = "Degraded"
  health.message = operation.message or "sync failed"
  return health
end
health.message = "health is not known yet"
if status.health ~= nil and status.health.status ~= nil then
  health.status = status.health.status
  health.message = status.health.message or ""
end
return health
`;

const kafkaNodePool = `local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "not yet seen by the operator" }
end
if status.nodeIds == nil or #status.nodeIds == 0 then
  return { status = "Progressing", message = "has no nodes yet" }
end
return { status = "Healthy", message = "" }
`;

/** Dapr's kinds have no status: there is nothing to read, and Argo CD leaves such kinds out of an application's health. */
export const argoHealthChecks: Readonly<Record<string, string>> = {
  "resource.customizations.health.argoproj.io_Application": application,
  "resource.customizations.health.kafka.strimzi.io_KafkaNodePool": kafkaNodePool,
};
