/** The most that the API gives at once (`MAX_PAGE` of its contract), for server and browser alike. */
export const PAGE_SIZE = 100;
