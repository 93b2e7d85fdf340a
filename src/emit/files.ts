/** Runs `work`; a failed system call with one of these errno names gives `undefined`. */
export function ignoring<T>(codes: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Runs `work` so that files get mode 0644 and folders 0755, whatever the user's umask is. */
export function withPublicModes<T>(work: () => T): T {
  const umask = process.umask(0o022);
  try {
    return work();
  } finally {
    process.umask(umask);
  }
}

/** The folders a path lies in, outermost first: `a/b/c.yaml` gives `a` and `a/b`. */
export function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1)) folders.push(path.slice(0, end));
  return folders;
}
