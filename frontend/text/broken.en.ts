/** Beside the other texts, because what is shown when everything else fails must not wait for them. */
export const broken = {
  title: "This page broke",
  detail: "It is our mistake. Your data is safe.",
  missingTitle: "This page did not load",
  missingDetail: "Part of it did not come over the network. It loads again when you are back online.",
  reference: (id: string) => `Reference ${id}`,
  retry: "Try again",
} as const;
