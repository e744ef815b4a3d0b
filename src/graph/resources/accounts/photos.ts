import {
  checkPicture,
  type Picture,
  pictureOf,
  pictureRules,
  putPicture,
  removePicture,
} from '#admin/pictures/pictures.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { contextOf, nothing } from '../../protocol/answers.ts';
import { octetsIn } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { userIn } from '../directory/users.ts';
import { pictureAnswer } from '../pictures.ts';

const ofUser = async (call: Call) =>
  ({ subject: 'user', ownerId: (await userIn(call)).user.id, part: 'photo' }) as const;

/** @throws pictureMissing */
async function photoIn(call: Call): Promise<Picture> {
  const photo = await pictureOf(await ofUser(call), call.ports);
  if (!photo) throw fault('pictureMissing', {});
  return photo;
}

async function facts(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  const { width, height, mediaType } = await photoIn(call);
  const body = {
    ...contextOf(call, `users('${user.id}')/photo/$entity`),
    '@odata.mediaContentType': mediaType,
    id: `${width}x${height}`,
    width,
    height,
  };
  return { status: 200, body };
}

async function put(call: Call): Promise<Answer> {
  const picture = orThrow(checkPicture(octetsIn(call.request), pictureRules.photo));
  await putPicture(await ofUser(call), picture, call);
  return nothing;
}

async function remove(call: Call): Promise<Answer> {
  const isRemoved = await removePicture(await ofUser(call), call);
  if (!isRemoved) throw fault('pictureMissing', {});
  return nothing;
}

/** Users read their own photo without a role; every member reads those of others, like their names. */
function needFor(need: Need, selfPermission: string) {
  return async (call: Call): Promise<Need> => {
    const isSelf = call.caller.kind === 'person' && (await userIn(call)).user.id === call.caller.id;
    return isSelf ? { ...need, permissions: [selfPermission, ...need.permissions], isSelf } : need;
  };
}

const read = needFor(needs.readPhotos, 'User.Read');
const write = needFor(needs.writePhotos, 'User.ReadWrite');

export const photoRoutes: readonly Route[] = ['me', 'users/{id}'].flatMap((base): readonly Route[] => [
  { method: 'GET', path: `${base}/photo`, need: read, answer: facts },
  {
    method: 'GET',
    path: `${base}/photo/$value`,
    need: read,
    answer: async (call) => pictureAnswer(await photoIn(call)),
  },
  { method: 'PUT', path: `${base}/photo/$value`, need: write, answer: put },
  { method: 'DELETE', path: `${base}/photo/$value`, need: write, answer: remove },
]);
