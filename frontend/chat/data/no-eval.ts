/** The AI SDK's schemas try to compile themselves, which the content security policy refuses and the browser reports. */
import { config } from "zod/v4/core";

config({ jitless: true });
