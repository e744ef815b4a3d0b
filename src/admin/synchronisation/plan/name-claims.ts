import { certificateUserIdKey } from '#core/binding/identifiers/certificate-user-ids.ts';
import { mailKey, userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import type { TargetProblem, TargetUser } from '#core/synchronisation/target.ts';
import type { NameOwner } from '#model/synchronisation.ts';
import type { PlanPorts } from './plan-ports.ts';

type Property = NameOwner['property'];

/** Substitutes of one name that are tried. They are looked up with one statement. */
const mostSubstitutes = 20;
/** Numbers of four digits. */
const numbers = 10_000;

/**
 * Keeps names and addresses unique (UB-16, duplicate attribute resiliency of Entra): an object whose value another user has is
 * brought anyway, without that value. A taken user principal name gets four digits and the tenant's own domain; where that name
 * is taken as well, the next number.
 */
export class NameClaims {
  readonly #ports: PlanPorts;
  /** Who has a value: a user's id, or in this run `source` and the id of an object. */
  readonly #owners = new Map<string, Set<string>>();

  constructor(ports: PlanPorts) {
    this.#ports = ports;
  }

  /** Looks up who has the values of these users. */
  async look(targets: readonly TargetUser[]): Promise<void> {
    if (targets.length === 0) return;
    const keys = (property: Property) => [...new Set(targets.flatMap((target) => keysOf(target, property)))];
    await this.#lookUp({
      userPrincipalName: keys('userPrincipalName'),
      onPremisesUserPrincipalName: keys('onPremisesUserPrincipalName'),
      mail: [...new Set([...keys('mail'), ...keys('userPrincipalName')])],
      certificateUserIds: keys('certificateUserIds'),
    });
  }

  /** The user with the values that are free. @param gives whether another user gives a value up, which is free then */
  async settle(target: TargetUser, objectId: string | undefined, gives: Gives = () => false): Promise<TargetUser> {
    const isTaken = this.#takenFor(target, objectId, gives);
    const problems: TargetProblem[] = [...target.problems];
    const conflict = (propertyCausingError: string, value: string) =>
      void problems.push({ category: 'PropertyConflict', propertyCausingError, value });
    let { userPrincipalName, mail, onPremisesUserPrincipalName } = target;
    if (isNameTaken(userPrincipalName, isTaken)) {
      conflict('UserPrincipalName', userPrincipalName);
      userPrincipalName = (await this.#currentName(objectId)) ?? (await this.#substitute(target, isTaken));
    }
    if (mail !== undefined && isTaken('mail', mailKey(mail))) {
      conflict('ProxyAddresses', `SMTP:${mail}`);
      mail = undefined;
    }
    if (isTaken('onPremisesUserPrincipalName', userPrincipalNameKey(onPremisesUserPrincipalName ?? ''))) {
      conflict('OnPremisesUserPrincipalName', onPremisesUserPrincipalName!);
      onPremisesUserPrincipalName = undefined;
    }
    const isFree = (value: string) => {
      const taken = isTaken('certificateUserIds', certificateUserIdKey(value));
      if (taken) conflict('CertificateUserIds', value);
      return !taken;
    };
    const certificateUserIds = target.certificateUserIds.filter(isFree);
    const user = { ...target, userPrincipalName, mail, onPremisesUserPrincipalName, certificateUserIds, problems };
    this.#claimAll(user);
    return user;
  }

  /** Whether the name is no other user's, or one that gives it up. */
  isNameFree(target: TargetUser, objectId: string | undefined, gives: Gives): boolean {
    return !isNameTaken(target.userPrincipalName, this.#takenFor(target, objectId, gives));
  }

  /** The user without values that are another user's at this moment: with a substitute for such a name. */
  async withoutTaken(target: TargetUser, objectId: string | undefined): Promise<TargetUser> {
    const isStored: Gives = (owner) => owner.startsWith('source ');
    const isTaken = this.#takenFor(target, objectId, isStored);
    const { userPrincipalName, mail, onPremisesUserPrincipalName, certificateUserIds } = target;
    const valueUnlessTaken = (
      property: Property,
      value: string | undefined,
      keyOf: (value: string) => string | undefined,
    ) => (value !== undefined && !isTaken(property, keyOf(value)) ? value : undefined);
    return {
      ...target,
      userPrincipalName: isNameTaken(userPrincipalName, isTaken)
        ? await this.#substitute(
            target,
            this.#takenFor(target, objectId, () => false),
          )
        : userPrincipalName,
      mail: valueUnlessTaken('mail', mail, mailKey),
      onPremisesUserPrincipalName: valueUnlessTaken(
        'onPremisesUserPrincipalName',
        onPremisesUserPrincipalName,
        userPrincipalNameKey,
      ),
      certificateUserIds: certificateUserIds.filter((value) =>
        valueUnlessTaken('certificateUserIds', value, certificateUserIdKey),
      ),
    };
  }

  /** Whether a value is one of the user's. A name that users sign in with is an address too. */
  has(target: TargetUser, property: Property, key: string): boolean {
    const names = property === 'mail' ? keysOf(target, 'userPrincipalName').map(mailKey) : [];
    return keysOf(target, property).includes(key) || names.includes(key);
  }

  /** Who has a value of this user: ids of users, and `source` with the id of an object of this run. */
  ownersOf(target: TargetUser): readonly string[] {
    const names = properties.flatMap((property) => keysOf(target, property).map((key) => `${property} ${key}`));
    const addresses = keysOf(target, 'userPrincipalName').map((key) => `mail ${mailKey(key)}`);
    return [...names, ...addresses].flatMap((name) => [...(this.#owners.get(name) ?? [])]);
  }

  #takenFor(target: TargetUser, objectId: string | undefined, gives: Gives): IsTaken {
    const self = [objectId, `source ${target.sourceId}`];
    return (property, key) =>
      key !== undefined &&
      [...(this.#owners.get(`${property} ${key}`) ?? [])].some(
        (owner) => !self.includes(owner) && !gives(owner, property, key),
      );
  }

  async #currentName(objectId: string | undefined): Promise<string | undefined> {
    return objectId === undefined ? undefined : (await this.#ports.users.find(objectId))?.userPrincipalName;
  }

  /**
   * `ana4711@tenant`: the digits are of the object, so that every run makes the same name. Where all that are tried are taken, the
   * directory refuses the first one, which is a problem of the object.
   */
  async #substitute({ userPrincipalName, sourceId }: TargetUser, isTaken: IsTaken): Promise<string> {
    const prefix = userPrincipalName.split('@')[0];
    const first = Number.parseInt(sourceId.slice(0, 8), 16);
    const names = Array.from({ length: mostSubstitutes }, (_, index) => {
      const digits = `${(first + index) % numbers}`.padStart(4, '0');
      return `${prefix}${digits}@${this.#ports.tenant.domains[0]!.id}`;
    });
    const keys = names.flatMap((name) => userPrincipalNameKey(name) ?? []);
    await this.#lookUp({
      ...{ userPrincipalName: keys, mail: keys.map(mailKey) },
      ...{ onPremisesUserPrincipalName: [], certificateUserIds: [] },
    });
    return names.find((name) => !isNameTaken(name, isTaken)) ?? names[0]!;
  }

  async #lookUp(keys: Readonly<Record<Property, readonly string[]>>): Promise<void> {
    for (const { property, key, userId } of await this.#ports.synchronisation.owners(keys))
      this.#claim(property, key, userId);
  }

  #claimAll(user: TargetUser): void {
    const owner = `source ${user.sourceId}`;
    for (const property of properties) for (const key of keysOf(user, property)) this.#claim(property, key, owner);
    for (const key of keysOf(user, 'userPrincipalName')) this.#claim('mail', key, owner);
  }

  #claim(property: Property, key: string, owner: string): void {
    const name = `${property} ${key}`;
    const owners = this.#owners.get(name);
    if (owners) owners.add(owner);
    else this.#owners.set(name, new Set([owner]));
  }
}

/** Whether an owner gives a value up in this run. */
export type Gives = (owner: string, property: Property, key: string) => boolean;

const properties = ['userPrincipalName', 'onPremisesUserPrincipalName', 'mail', 'certificateUserIds'] as const;

/** Whether another user or object has the value. */
type IsTaken = (property: Property, key: string | undefined) => boolean;

/** A name that users sign in with is an address too. */
function isNameTaken(userPrincipalName: string, isTaken: IsTaken): boolean {
  const key = userPrincipalNameKey(userPrincipalName);
  return isTaken('userPrincipalName', key) || isTaken('mail', key && mailKey(key));
}

function keysOf(target: TargetUser, property: Property): readonly string[] {
  if (property === 'mail') return target.mail === undefined ? [] : [mailKey(target.mail)];
  if (property === 'certificateUserIds') return target.certificateUserIds.map(certificateUserIdKey);
  const key = userPrincipalNameKey(target[property] ?? '');
  return key === undefined ? [] : [key];
}
