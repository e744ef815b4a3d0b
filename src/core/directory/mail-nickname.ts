/** Characters that Graph refuses in a mail nickname, and the longest that it takes (graph-api §6.2). */
const refusedCharacters = /[@()\\[\]";:<>, ]/g;
export const longestMailNickname = 64;

/** A mail nickname made of another name: without the characters that Graph refuses in one, and not longer than Graph takes. */
export const mailNicknameOf = (name: string): string =>
  name.replaceAll(refusedCharacters, '').slice(0, longestMailNickname);

/** Does the text consist of characters that a mail nickname can contain? */
export const isMailNickname = (text: string): boolean => text.replaceAll(refusedCharacters, '') === text;
