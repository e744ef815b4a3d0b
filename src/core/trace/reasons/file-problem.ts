const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user has no permission for it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** What Node says about a file (`ENOENT: no such file or directory, open '/x'`) without the names of POSIX. Other texts stay. */
export const fileProblemText = (problem: string): string => words[/^([A-Z]+): /.exec(problem)?.[1] ?? ''] ?? problem;
