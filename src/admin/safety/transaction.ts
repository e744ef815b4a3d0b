import type { Ruling } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { refusalOf } from '../refusals.ts';

/** Leaves a transaction without committing it. */
class RolledBack extends Error {
  readonly ruling: Ruling<unknown>;
  constructor(ruling: Ruling<unknown>) {
    super('rolled back');
    this.ruling = ruling;
  }
}

const always = () => true;

/**
 * Makes changes whole or not at all: what `work` wrote is committed when its ruling passed and `isCommittable` agrees, and rolled back
 * otherwise. What a store refuses by throwing is a refusal, too. Within a transaction it is a savepoint of that one.
 * @throws faults of the service, rolled back too
 */
export async function changeInTransaction<P extends Pick<AdminPorts, 'inTransaction'>, T>(
  ports: P,
  work: (inside: P & AdminPorts) => Promise<Ruling<T>>,
  isCommittable: (value: T) => boolean = always,
): Promise<Ruling<T>> {
  try {
    return await ports.inTransaction(async (stores) => {
      const ruling = await work({ ...ports, ...stores });
      if (ruling.outcome !== 'passed' || !isCommittable(ruling.value)) throw new RolledBack(ruling);
      return ruling;
    });
  } catch (thrown) {
    if (thrown instanceof RolledBack) return thrown.ruling as Ruling<T>;
    return refusalOf(thrown);
  }
}
