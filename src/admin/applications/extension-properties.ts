import {
  type ExtensionProperty,
  extensionName,
  extensionValueProblem,
  extensionPropertyKind as kind,
} from '#core/directory/extension-property.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkText } from '../entered.ts';

type Ports = Pick<AdminPorts, 'objects'>;
type Stored = StoredObject<ExtensionProperty>;

/** Entra lets an object have a hundred values of directory extensions. */
const mostProperties = 100;

export const extensionPropertiesOf = (appId: string, { objects }: Ports): Promise<readonly Stored[]> =>
  objects.list<ExtensionProperty>(kind, appId);

/** Defines an attribute of users. Refuses with graphPropertyInvalid, graphObjectConflict, graphLimitReached. */
export async function addExtensionProperty(
  appId: string,
  { shortName, ...rest }: Omit<ExtensionProperty, 'name'> & { readonly shortName: string },
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<Stored>> {
  const existing = await objects.list<ExtensionProperty>(kind, appId);
  if (existing.length >= mostProperties) return refused('graphLimitReached', { what: kind, limit: mostProperties });
  const document = { ...rest, name: extensionName(appId, shortName) };
  if (existing.some((item) => item.document.name.toLowerCase() === document.name.toLowerCase()))
    return refused('graphPropertyInvalid', {
      target: 'name',
      problem: 'the application has an attribute of this name',
    });
  const object = { kind, id: crypto.randomUUID(), owner: appId, document };
  return success(await objects.add(object, { activity: 'Update application', actor }));
}

/** Values that users have stay with them, and are in no token. Refuses with graphObjectMissing. */
export async function removeExtensionProperty(
  appId: string,
  id: string,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const match = await objects.find<ExtensionProperty>(kind, id);
  const isRemoved =
    match?.owner === appId && (await objects.remove(kind, id, { activity: 'Update application', actor }));
  if (!isRemoved) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

/** Values for directory extensions of a user: each has a definition, and is of its type. Refuses with graphPropertyInvalid, textHoldsControls, textTooLong. */
export async function checkExtensionValues(
  values: Readonly<Record<string, unknown>>,
  { objects }: Ports,
): Promise<Ruling<void>> {
  const names = Object.keys(values);
  if (names.length === 0) return success();
  const definitions = new Map(
    (await objects.list<ExtensionProperty>(kind)).map(({ document }) => [document.name, document]),
  );
  for (const [target, value] of Object.entries(values)) {
    const definition = definitions.get(target);
    const problem = definition ? extensionValueProblem(definition, value) : 'no application defines this attribute';
    if (problem) return refused('graphPropertyInvalid', { target, problem });
    for (const text of [value].flat())
      if (typeof text === 'string') {
        const textRuling = checkText(target, text);
        if (textRuling.outcome !== 'passed') return textRuling;
      }
  }
  return success();
}
