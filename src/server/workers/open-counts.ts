/** The open connections of each source in each worker, for a worker that starts later than they were reported. */
export function openCounts() {
  const workers = new Map<number, Map<string, number>>();
  return {
    note(worker: number, open: Readonly<Record<string, number>>): void {
      const counts = workers.get(worker) ?? new Map<string, number>();
      workers.set(worker, counts);
      for (const [source, count] of Object.entries(open)) {
        if (count > 0) counts.set(source, count);
        else counts.delete(source);
      }
    },
    forget(worker: number): void {
      workers.delete(worker);
    },
    *all(): Iterable<readonly [worker: number, open: Readonly<Record<string, number>>]> {
      for (const [worker, counts] of workers) yield [worker, Object.fromEntries(counts)];
    },
  };
}
