/** Microsoft Authentication Broker: devices are joined with its tokens, and its refresh tokens become primary ones (windows-sign-in §0.4). */
export const brokerAppId = '29d9ed98-a469-4536-ade2-f981bc1d605e';
