/** A mail nickname made of another name: without the characters that Graph refuses in one, and not longer than Graph takes. */
export const mailNicknameOf = (name: string): string => name.replace(/[@()\\[\]";:<>, ]/g, '').slice(0, 64);
