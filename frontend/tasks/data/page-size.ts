/** The most that the API gives at once (`MAX_PAGE` of its contract). */
export const PAGE_SIZE = 100;

/** What comes with the page itself, whose every byte a phone waits for: enough for any screen without asking for more. */
export const FIRST_PAGE_SIZE = 60;
