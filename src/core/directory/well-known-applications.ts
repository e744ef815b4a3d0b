/** Ids that Microsoft's APIs and brokers have in every Entra tenant: clients name them, so Cardea has them too (windows-sign-in §0.4). */

/** Microsoft Graph. */
export const graphAppId = '00000003-0000-0000-c000-000000000000';
/** Azure Resource Manager: what the Azure command line signs in to first (graph-api §13). */
export const armAppId = '797f4846-ba00-4fd7-ba43-dac1f8f63013';
/** Microsoft Intune, and its enrollment. */
export const intuneAppId = '0000000a-0000-0000-c000-000000000000';
export const intuneEnrollmentAppId = 'd4ebce55-015a-49b5-a083-c84d1797ae8c';
/** The device registration service, and the name under which clients request tokens for it, whatever its host. */
export const deviceRegistrationAppId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9';
export const deviceRegistrationUri = 'urn:ms-drs:enterpriseregistration.windows.net';

/** Windows Sign In: the client that requests primary refresh tokens on a device. */
export const windowsSignInAppId = '38aa3b87-a06d-4817-b275-7a316988d93b';
/** Microsoft Authentication Broker: devices are joined with its tokens, and its refresh tokens become primary ones. */
export const brokerAppId = '29d9ed98-a469-4536-ade2-f981bc1d605e';
/** The redirect URI of the broker for device registration. */
export const brokerRedirectUri = 'ms-appx-web://Microsoft.AAD.BrokerPlugin/DRS';
/**
 * Microsoft Intune Company Portal for Linux: libhimmelblau uses primary refresh tokens as this client, and takes no answer
 * without a refresh token, whether or not it asked for one (windows-sign-in §5.3).
 */
export const linuxBrokerAppId = 'b743a22d-6705-4147-8670-d92fa515ee2b';
