import type { Application } from '../ports.ts';

const none = {
  postLogoutRedirectUris: [],
  isPublicClient: true,
  secretHashes: [],
  identifierUris: [],
  roles: [],
  homepage: undefined,
};

/** The command line signs in as this native application (RFC 8252 §7.3: any loopback port). */
export const commandLineApplication: Application = {
  ...none,
  appId: '6f1c9d0e-52c3-4a0e-9b55-0c0ffee5a11d',
  displayName: 'Cardea command line',
  redirectUris: ['http://localhost'],
};

/** My Apps, under the application id it has in every Entra tenant. */
export const myAppsId = '2793995e-0a7d-40d7-bd35-6968ba142197';
/** The sample application of the demo. */
export const sampleId = '3d8f2a54-7b1e-4c60-a1d9-5e0c7a2b9f34';

/** The applications every tenant has; `origin` is the login host's. */
export function firstPartyApplications(origin: string): readonly Application[] {
  return [commandLineApplication, portal(myAppsId, 'My Apps', origin, '/myapps'), sampleApplication(origin)];
}

/** Shown on My Apps, so that there is something to open. */
export function sampleApplication(origin: string): Application {
  return { ...portal(sampleId, 'Sample application', origin, '/sample'), homepage: `${origin}/sample` };
}

function portal(appId: string, displayName: string, origin: string, base: string): Application {
  return {
    ...none,
    appId,
    displayName,
    redirectUris: [`${origin}${base}/callback`],
    postLogoutRedirectUris: [`${origin}${base}/signed-out`],
  };
}
