import type { Repository } from "./repository.ts";

export interface Source {
  /** The commit that an image was built from. */
  readonly commit: string;
  /** Its repository's address. */
  readonly repository?: string | undefined;
}

/**
 * Trailers by which Argo CD links a deployment to the commit that an image was built from; what that commit says of itself
 * is added where it is known here. Source: Argo CD, "Source Hydrator", commit trailers.
 */
export function sourceTrailers(repository: Repository, { commit, repository: url }: Source): string[] {
  const trailers = [`Argocd-reference-commit-sha: ${commit}`];
  if (url) trailers.push(`Argocd-reference-commit-repourl: ${url}`);
  const told = repository
    .try("show", "--no-patch", "--format=%an <%ae>%n%aI%n%s", "--end-of-options", commit)
    ?.split("\n");
  if (told) {
    const [author, date, subject] = told;
    trailers.push(
      `Argocd-reference-commit-author: ${author}`,
      `Argocd-reference-commit-date: ${date}`,
      `Argocd-reference-commit-subject: ${subject}`,
    );
  }
  return trailers;
}

/** A commit message: subject, paragraphs, trailers. */
export const messageOf = (subject: string, body: readonly string[], trailers: readonly string[] = []): string =>
  `${[subject, body.join("\n"), trailers.join("\n")].filter(Boolean).join("\n\n")}\n`;
