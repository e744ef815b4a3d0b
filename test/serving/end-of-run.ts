/** The line that ends the output of a run of `serve`, on each stream. @param code the exit code */
export const endOfRun = (code: number | string): string => `--- serve ended with ${code} ---\n`;

/** Finds that line at the end of what a stream has said. */
export const endOfRunPattern = /--- serve ended with (\S+) ---\n$/;
