/**
 * The agents SDK with its own tracing off: importing it registers an exporter that sends every run, prompts included, to its
 * vendor. Nothing else here imports the SDK directly.
 */
import { setTraceProcessors, setTracingDisabled } from "@openai/agents";

setTracingDisabled(true);
setTraceProcessors([]);

export {
  Agent,
  type AgentInputItem,
  type AgentOutputItem,
  type FunctionTool,
  getDefaultModel,
  MaxTurnsExceededError,
  type Model,
  ModelBehaviorError,
  type ModelRequest,
  type ModelResponse,
  OpenAIProvider,
  type RunContext,
  Runner,
  type StreamEvent,
  tool,
  Usage,
} from "@openai/agents";
