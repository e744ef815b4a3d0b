import {
  type ExtensionProperty,
  extensionName,
  extensionValueProblem,
  extensionPropertyKind as kind,
} from '#core/directory/extension-property.ts';
import { fault } from '#core/trace/fault.ts';
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

/** Defines an attribute of users. @throws graphPropertyInvalid, graphObjectConflict, graphLimitReached */
export async function addExtensionProperty(
  appId: string,
  { ownName, ...rest }: Omit<ExtensionProperty, 'name'> & { readonly ownName: string },
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Stored> {
  const existing = await objects.list<ExtensionProperty>(kind, appId);
  if (existing.length >= mostProperties) throw fault('graphLimitReached', { what: kind, limit: mostProperties });
  const document = { ...rest, name: extensionName(appId, ownName) };
  if (existing.some((item) => item.document.name.toLowerCase() === document.name.toLowerCase()))
    throw fault('graphPropertyInvalid', { target: 'name', problem: 'the application has an attribute of this name' });
  const object = { kind, id: crypto.randomUUID(), owner: appId, document };
  return objects.add(object, { activity: 'Update application', actor });
}

/** Values that users have stay with them, and are in no token. @throws graphObjectMissing */
export async function removeExtensionProperty(
  appId: string,
  id: string,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<void> {
  const match = await objects.find<ExtensionProperty>(kind, id);
  const isRemoved =
    match?.owner === appId && (await objects.remove(kind, id, { activity: 'Update application', actor }));
  if (!isRemoved) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

/** Values for directory extensions of a user: each has a definition, and is of its type. @throws graphPropertyInvalid, textHoldsControls, textTooLong */
export async function checkExtensionValues(
  values: Readonly<Record<string, unknown>>,
  { objects }: Ports,
): Promise<void> {
  const names = Object.keys(values);
  if (names.length === 0) return;
  const definitions = new Map(
    (await objects.list<ExtensionProperty>(kind)).map(({ document }) => [document.name, document]),
  );
  for (const [target, value] of Object.entries(values)) {
    const definition = definitions.get(target);
    const problem = definition ? extensionValueProblem(definition, value) : 'no application defines this attribute';
    if (problem) throw fault('graphPropertyInvalid', { target, problem });
    for (const text of [value].flat()) if (typeof text === 'string') checkText(target, text);
  }
}
