import type {
  CredentialKind,
  DeviceAuthority,
  DeviceRegistration,
  PrimaryRefreshToken,
  UserKey,
} from '#model/device.ts';

/** Keys of registered devices and of their users. The directory object of a device is in `Objects`. */
export interface DeviceRegistrations {
  find(deviceId: string): Promise<DeviceRegistration | undefined>;
  /** By the SHA-256 thumbprint of the device certificate. */
  findByThumbprint(thumbprint: string): Promise<DeviceRegistration | undefined>;
  /** Replaces the registration of the same device. */
  save(registration: DeviceRegistration): Promise<void>;
  /** Removes the registration, the user keys and the primary refresh tokens of the device; false when there is none. */
  remove(deviceId: string): Promise<boolean>;
  findUserKey(keyId: string): Promise<UserKey | undefined>;
  userKeysOf(userId: string): Promise<readonly UserKey[]>;
  addUserKey(key: UserKey): Promise<void>;
  /** Removes the user keys of a user on every device. Returns how many there were. */
  removeUserKeys(userId: string): Promise<number>;
}

/** How a user belongs to a device: `owner` registered it, `user` signs in on it (Graph: registeredOwners, registeredUsers). */
export type DeviceRelation = 'owner' | 'user';

/** Finds the directory objects of devices by `deviceId` and by user. Audit rows are written with the objects themselves. */
export interface DeviceIndex {
  /** Object id of the device; undefined when there is none. */
  objectIdOf(deviceId: string): Promise<string | undefined>;
  /** Enters a device. False when the deviceId is taken. */
  enter(device: { readonly deviceId: string; readonly objectId: string }): Promise<boolean>;
  /** Removes a device and its relations. */
  remove(objectId: string): Promise<void>;
  /** False when the user has this relation already. */
  relate(objectId: string, relation: DeviceRelation, userId: string): Promise<boolean>;
  /** False when the user does not have this relation. */
  unrelate(objectId: string, relation: DeviceRelation, userId: string): Promise<boolean>;
  /** Ids of the users of a device, oldest relation first. A deleted user stays. */
  usersOf(objectId: string, relation: DeviceRelation): Promise<readonly string[]>;
  /** Object ids of the devices of a user, oldest relation first. */
  devicesOf(userId: string, relation: DeviceRelation): Promise<readonly string[]>;
}

/** Where the keys of device authorities are stored. */
export interface DeviceAuthorities {
  /** Newest first; the first issues, the others are still trusted. */
  list(): Promise<readonly DeviceAuthority[]>;
  /** Adds an authority, unless the tenant has one already and `onlyFirst` is set. Returns the tenant's newest. */
  add(authority: DeviceAuthority, options: { readonly onlyFirst: boolean }): Promise<DeviceAuthority>;
}

/** Primary refresh tokens that are alive. A token without its row here is revoked. */
export interface PrimaryRefreshTokens {
  find(id: string): Promise<PrimaryRefreshToken | undefined>;
  add(token: PrimaryRefreshToken): Promise<void>;
  /** Sets what was proven, and when the token was issued and expires. False when it was ended meanwhile: it stays ended. */
  renew(
    id: string,
    change: Pick<PrimaryRefreshToken, 'proofs' | 'issuedDateTime' | 'expiresDateTime' | 'certificateKey'>,
  ): Promise<boolean>;
  ofUser(userId: string): Promise<readonly PrimaryRefreshToken[]>;
  ofDevice(deviceId: string): Promise<readonly PrimaryRefreshToken[]>;
  /** Ends the tokens that match every member given. Returns their ids. */
  end(which: {
    readonly id?: string;
    readonly userId?: string;
    readonly deviceId?: string;
    readonly certificateKey?: string;
    readonly credential?: CredentialKind;
  }): Promise<readonly string[]>;
}

/** What one tenant stores about devices besides their directory objects. */
export interface DeviceStores {
  readonly registrations: DeviceRegistrations;
  readonly index: DeviceIndex;
  readonly authorities: DeviceAuthorities;
  /** What they issue proves devices and users to devices of the tenant; nothing here trusts it (windows-sign-in §3.11). */
  readonly peerAuthorities: DeviceAuthorities;
  /** What they issue is for smart card log-on with a Windows Hello key (windows-sign-in §3.10). */
  readonly helloAuthorities: DeviceAuthorities;
  readonly primaryRefreshTokens: PrimaryRefreshTokens;
}
