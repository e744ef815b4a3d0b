/** Microsoft Authentication Broker: devices are joined with its tokens, and its refresh tokens become primary ones (windows-sign-in §0.4). */
export const brokerAppId = '29d9ed98-a469-4536-ade2-f981bc1d605e';

/**
 * Microsoft Intune Company Portal for Linux: libhimmelblau uses primary refresh tokens as this client, and takes no answer
 * without a refresh token, whether or not it asked for one (windows-sign-in §5.3).
 */
export const linuxBrokerAppId = 'b743a22d-6705-4147-8670-d92fa515ee2b';
