/** The contract's limits, as types check: its schemas are not for the first screen. */
import type * as contract from "#contracts/http/chat";

export const MAX_MESSAGE_CHARACTERS = 8_000 satisfies typeof contract.MAX_MESSAGE_CHARACTERS;
export const MAX_TITLE_CHARACTERS = 120 satisfies typeof contract.MAX_TITLE_CHARACTERS;
