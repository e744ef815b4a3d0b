/** A Windows release on which people can sign in with a smart card, and the update that brings it (entra-cba §9.3). */
export interface WindowsRelease {
  readonly name: string;
  /** First build of the release, and the last one; absent while the release is the newest. */
  readonly firstBuild: number;
  readonly lastBuild?: number;
  /** The knowledge base article of the update. */
  readonly update: string;
  /** Build and revision from which the release supports it; 0.0 where every revision does. */
  readonly supportedFrom: readonly [build: number, revision: number];
}

/** The table of the documents. Windows 10 and Windows Server 2019 share builds; one row serves both. */
export const windowsReleases: readonly WindowsRelease[] = [
  {
    name: 'Windows Server 2019',
    firstBuild: 17763,
    lastBuild: 17763,
    update: 'KB5017379',
    supportedFrom: [17763, 3469],
  },
  {
    name: 'Windows 10 20H1 to 22H2, Windows Server 20H2',
    firstBuild: 19041,
    lastBuild: 19045,
    update: 'KB5017380',
    supportedFrom: [19041, 2075],
  },
  {
    name: 'Windows Server 2022',
    firstBuild: 20348,
    lastBuild: 20349,
    update: 'KB5017381',
    supportedFrom: [20348, 1070],
  },
  { name: 'Windows 11 21H2', firstBuild: 22000, lastBuild: 22000, update: 'KB5017383', supportedFrom: [22000, 1042] },
  {
    name: 'Windows 11 22H2 and later, Windows Server 2025',
    firstBuild: 22621,
    update: 'KB5017383',
    supportedFrom: [22621, 0],
  },
];

/** What the table says about the version that a device reports. */
export type WindowsSupport =
  | { readonly kind: 'supported'; readonly release: WindowsRelease }
  /** The release supports it from a later revision on. */
  | { readonly kind: 'updateNeeded'; readonly release: WindowsRelease }
  | { readonly kind: 'unsupported' }
  /** The text is not a version of Windows: another operating system, or nothing. */
  | { readonly kind: 'unknown' };

/** Whether a device with this version of Windows supports smart card sign-in. `version` is `10.0.build.revision`. */
export function windowsSupport(version: string): WindowsSupport {
  const [, buildText, revisionText = '0'] = /^10\.0\.(\d{1,6})(?:\.(\d{1,6}))?$/.exec(version) ?? [];
  if (buildText === undefined) return { kind: 'unknown' };
  const [build, revision] = [Number(buildText), Number(revisionText)];
  const release = windowsReleases.find(
    ({ firstBuild, lastBuild }) => build >= firstBuild && build <= (lastBuild ?? Number.POSITIVE_INFINITY),
  );
  if (!release) return { kind: 'unsupported' };
  const [, leastRevision] = release.supportedFrom;
  return { kind: revision >= leastRevision ? 'supported' : 'updateNeeded', release };
}
