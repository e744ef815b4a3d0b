import { fault } from '#core/trace/fault.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import type { Route } from '../../protocol/route.ts';
import { needToRead, userIn } from '../directory/users.ts';

/** Managers are not stored, so a user has none: Graph answers 404 then, and clients expect it. @throws graphObjectMissing */
async function noManager(call: Call): Promise<Answer> {
  await userIn(call);
  throw fault('graphObjectMissing', { id: 'manager' });
}

export const managerRoutes: readonly Route[] = ['me', 'users/{id}'].flatMap((base): readonly Route[] => [
  { method: 'GET', path: `${base}/manager`, need: needToRead, answer: noManager },
  { method: 'GET', path: `${base}/manager/$ref`, need: needToRead, answer: noManager },
]);
