import { z } from 'zod';
import { changeApplication, refuseBuiltIn } from '#admin/applications/first-party.ts';
import { addOwner, ownersOf, removeOwner } from '#admin/applications/owners.ts';
import { type PermissionGrant, permissionGrantKind } from '#admin/applications/permission-grants.ts';
import { checkPicture, pictureOf, pictureRules, putPicture } from '#admin/pictures/pictures.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { collection, type GraphResource, nothing } from '../../protocol/answers.ts';
import { octetsIn, readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { memberSeen } from '../directory/user-sight.ts';
import { pictureAnswer } from '../pictures.ts';
import { applicationIn } from './applications.ts';
import { servicePrincipalIn } from './service-principals.ts';

const people: GraphResource = { type: 'directoryObject', set: 'directoryObjects' };
const grants: GraphResource = { type: 'oAuth2PermissionGrant', set: 'oauth2PermissionGrants' };

type Find = (call: Call) => Promise<Application>;

/** An application and its service principal have the same owners: they are one object here. */
function ownerRoutes(path: string, find: Find): readonly Route[] {
  const listOwners = async (call: Call): Promise<Answer> => {
    const { appId } = await find(call);
    const cast = call.keys.cast?.value.toLowerCase();
    if (cast !== undefined && !/^microsoft\.graph\.(?:user|serviceprincipal)$/.test(cast))
      throw fault('graphPathUnknown', { segment: cast.slice(0, 80) });
    const wantsUsers = cast === undefined || cast === 'microsoft.graph.user';
    const entries = wantsUsers ? await call.ports.users.entriesOf(await ownersOf(appId, call.ports)) : [];
    return collection(
      call,
      entries.map((entry) => memberSeen(call, entry)),
      people,
      { isMixed: true },
    );
  };
  const add = async (call: Call): Promise<Answer> => {
    const { appId } = await find(call);
    const { '@odata.id': reference } = await readBody(call, z.strictObject({ '@odata.id': z.string() }));
    orThrow(await addOwner(appId, referenceIn(reference).id, call));
    return nothing;
  };
  const remove = async (call: Call): Promise<Answer> => {
    orThrow(await removeOwner((await find(call)).appId, keyText(call, 'owner'), call));
    return nothing;
  };
  const { readApplications: read, writeApplications: write } = needs;
  return [
    { method: 'GET', path: `${path}/{id}/owners`, need: read, answer: listOwners },
    { method: 'GET', path: `${path}/{id}/owners/{cast}`, need: read, answer: listOwners },
    { method: 'POST', path: `${path}/{id}/owners/$ref`, need: write, answer: add },
    { method: 'DELETE', path: `${path}/{id}/owners/{owner}/$ref`, need: write, answer: remove },
  ];
}

const logoOf = ({ appId }: Application) => ({ subject: 'application', ownerId: appId, part: 'logo' }) as const;

async function readLogo(call: Call): Promise<Answer> {
  const logo = await pictureOf(logoOf(await applicationIn(call)), call.ports);
  if (!logo) throw fault('pictureMissing', {});
  return pictureAnswer(logo);
}

async function putLogo(call: Call): Promise<Answer> {
  const application = await applicationIn(call);
  orThrow(refuseBuiltIn(application.appId));
  const picture = orThrow(checkPicture(octetsIn(call.request), pictureRules.logo));
  await putPicture(logoOf(application), picture, call);
  const withLogo = (old: Application) => ({ ...old, profile: { ...old.profile, logoDigest: picture.sha256 } });
  orThrow(await changeApplication(application.appId, withLogo, call));
  return nothing;
}

async function grantsOf(call: Call): Promise<Answer> {
  const { appId } = await servicePrincipalIn(call);
  const rows = await call.ports.objects.list<PermissionGrant>(permissionGrantKind, appId.toLowerCase());
  return collection(
    call,
    rows.map(({ id, document }) => ({ id, ...document })),
    grants,
  );
}

/** A service principal is in no group here: groups have users and groups as members. */
async function memberOf(call: Call): Promise<Answer> {
  await servicePrincipalIn(call);
  return collection(call, [], people, { isMixed: true });
}

const { readApplications: read, writeApplications: write, readGrants } = needs;

export const appLinkRoutes: readonly Route[] = [
  ...ownerRoutes('applications', applicationIn),
  ...ownerRoutes('serviceprincipals', servicePrincipalIn),
  { method: 'GET', path: 'applications/{id}/logo', need: read, answer: readLogo },
  { method: 'PUT', path: 'applications/{id}/logo', need: write, answer: putLogo },
  { method: 'GET', path: 'serviceprincipals/{id}/oauth2permissiongrants', need: readGrants, answer: grantsOf },
  ...['memberof', 'transitivememberof'].map(
    (segment): Route => ({ method: 'GET', path: `serviceprincipals/{id}/${segment}`, need: read, answer: memberOf }),
  ),
];
