/** Beside what uses it, so that the server need not load the client. */
export const CONVERSATIONS_PAGE = 50;
